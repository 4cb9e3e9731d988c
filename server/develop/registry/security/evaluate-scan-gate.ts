import type { GateResult, GateVerdict } from "../gates/contract.ts";
import type { GateSetting } from "../policy/contract.ts";
import type { Finding, SecurityPolicy, SignatureState, VersionScan } from "./contract.ts";
import type { KnownSecurity } from "./load-security.ts";

interface Part {
  verdict: GateVerdict;
  words: string;
}

const maxFacts = 20;

/** Evaluates the gate "scan": the findings in the files, and whether a required signature is present and valid. */
export function evaluateScanGate(
  setting: Extract<GateSetting, { kind: "scan" }>,
  { scan, signature }: KnownSecurity,
  { unsigned }: SecurityPolicy,
): GateResult {
  const needsSignature = setting.needsSignature || unsigned === "forbid";
  const parts = [byScan(setting.allowsWarnings, scan), ...(needsSignature ? [bySignature(signature)] : [])];
  const has = (verdict: GateVerdict) => parts.some((part) => part.verdict === verdict);
  const findings = scan?.report?.findings ?? [];
  return {
    verdict: has("failed") ? "failed" : has("pending") ? "pending" : "passed",
    words: parts.map(({ words }) => words).join("; "),
    measured: null,
    limit: null,
    evidence: {
      better: null,
      scale: "number",
      interval: null,
      method: null,
      facts: [
        { label: "Signature", value: bySignature(signature).words },
        ...findings.slice(0, maxFacts).map((each) => ({ label: labels[each.severity], value: sentence(each) })),
      ],
    },
  };
}

const labels: Record<Finding["severity"], string> = {
  dangerous: "Dangerous",
  unread: "Not scanned",
  warning: "Warning",
  note: "Note",
};

function sentence({ file, words }: Finding): string {
  return file ? `${file}: ${words}` : words;
}

function byScan(allowsWarnings: boolean, scan: VersionScan | null): Part {
  if (!scan) return { verdict: "pending", words: "its files have not been scanned" };
  const { verdict, report } = scan;
  if (verdict === null || !report) return { verdict: "pending", words: "its files are still being scanned" };
  if (report.message) return { verdict: "pending", words: report.message.replace(/\.$/, "") };
  const count = (severity: Finding["severity"]) => report.findings.filter((each) => each.severity === severity).length;
  const files = `${report.files} ${report.files === 1 ? "file" : "files"}`;
  if (verdict === "dangerous") return { verdict: "failed", words: `${count("dangerous")} dangerous of ${files}` };
  if (verdict === "failed-to-scan") return { verdict: "pending", words: `${count("unread")} of ${files} not scanned` };
  if (verdict === "clean") return { verdict: "passed", words: `nothing found in ${files}` };
  const words = `nothing dangerous, ${count("warning")} to review in ${files}`;
  return { verdict: allowsWarnings ? "passed" : "failed", words };
}

function bySignature({ state, keyName }: SignatureState): Part {
  const words = {
    trusted: `signed by ${keyName}`,
    revoked: `signed with the revoked key ${keyName}`,
    unknown: "not signed with a trusted key",
    unsigned: "not signed",
    unchecked: "its signature cannot be verified until the file has been inspected",
  }[state];
  return { verdict: state === "trusted" ? "passed" : state === "unchecked" ? "pending" : "failed", words };
}
