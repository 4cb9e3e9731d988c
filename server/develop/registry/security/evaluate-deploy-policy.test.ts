import { expect, test } from "vitest";
import type { Finding, ScanVerdict, SignatureState, VersionScan } from "./contract.ts";
import { evaluateDeployPolicy } from "./evaluate-deploy-policy.ts";
import { evaluateScanGate } from "./evaluate-scan-gate.ts";

const finding: Finding = {
  file: "m.pkl",
  rule: "pickle-import",
  severity: "dangerous",
  words: "Loading it runs os.system.",
};
const signed: SignatureState = { state: "trusted", keyName: "ci", signature: "s", addedBy: "x", addedAt: new Date(0) };
const unsigned: SignatureState = { ...signed, state: "unsigned", keyName: null, signature: null };
const revoked: SignatureState = { ...signed, state: "revoked" };

function scan(verdict: ScanVerdict | null, findings: Finding[] = []): VersionScan {
  const report = { findings, leftOut: 0, files: 2, sizeBytes: 1, licence: null, message: null };
  return { verdict, report: verdict && report, requestedAt: new Date(0), scannedAt: verdict && new Date(1) };
}
const clean = scan("clean");
const dangerous = scan("dangerous", [finding, finding]);
const forbid = { unsigned: "forbid", dangerous: "forbid" } as const;

test("always allows deploying a signed and clean version", () => {
  expect(evaluateDeployPolicy(forbid, clean, signed)).toEqual({ refusals: [], warnings: [] });
  expect(evaluateDeployPolicy(forbid, scan("warnings"), signed)).toEqual({ refusals: [], warnings: [] });
});

test("applies allow, warn and forbid independently per rule", () => {
  const rule = (unsignedRule: "allow" | "warn" | "forbid", dangerousRule: "allow" | "warn" | "forbid") =>
    evaluateDeployPolicy({ unsigned: unsignedRule, dangerous: dangerousRule }, dangerous, unsigned);
  const words = "It contains dangerous files. m.pkl: Loading it runs os.system. (1 more)";
  expect(rule("allow", "allow")).toEqual({ refusals: [], warnings: [] });
  expect(rule("warn", "forbid")).toEqual({ refusals: [words], warnings: ["It is not signed."] });
  expect(rule("forbid", "warn")).toEqual({ refusals: ["It is not signed."], warnings: [words] });
});

test("treats an unknown scan or signature as dangerous", () => {
  for (const unknown of [null, scan(null), scan("failed-to-scan")]) {
    expect(evaluateDeployPolicy(forbid, unknown, signed).refusals).toHaveLength(1);
  }
  for (const state of ["unknown", "revoked", "unchecked"] as const) {
    expect(evaluateDeployPolicy(forbid, clean, { ...signed, state }).refusals).toHaveLength(1);
  }
});

const gate = { kind: "scan", allowsWarnings: true, needsSignature: false } as const;
const allow = { unsigned: "allow", dangerous: "allow" } as const;

test("passes a scanned version that is not dangerous, and is pending without a scan", () => {
  const verdict = (known: VersionScan | null, settings = gate as typeof gate | { allowsWarnings: boolean }) =>
    evaluateScanGate({ ...gate, ...settings }, { scan: known, signature: unsigned }, allow).verdict;
  expect(verdict(clean)).toBe("passed");
  expect(verdict(dangerous)).toBe("failed");
  expect(verdict(scan("failed-to-scan"))).toBe("pending");
  expect(verdict(scan(null))).toBe("pending");
  expect(verdict(null)).toBe("pending");
  expect(verdict(scan("warnings"))).toBe("passed");
  expect(verdict(scan("warnings"), { allowsWarnings: false })).toBe("failed");
});

test("requires a signature if the gate settings or the workspace do, and returns its evidence", () => {
  const evaluate = (needsSignature: boolean, policy: typeof allow | typeof forbid, signature: SignatureState) =>
    evaluateScanGate({ ...gate, needsSignature }, { scan: clean, signature }, policy);
  expect(evaluate(true, allow, unsigned)).toMatchObject({
    verdict: "failed",
    words: "nothing found in 2 files; not signed",
  });
  expect(evaluate(false, forbid, revoked)).toMatchObject({ verdict: "failed" });
  expect(evaluate(true, allow, signed)).toMatchObject({ verdict: "passed" });
  const { evidence } = evaluateScanGate(gate, { scan: dangerous, signature: signed }, allow);
  expect(evidence.facts).toContainEqual({ label: "Dangerous", value: "m.pkl: Loading it runs os.system." });
});
