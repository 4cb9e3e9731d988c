import { expect, test } from "vitest";
import type { GateLine } from "#server/develop/registry/gates/contract.ts";
import { describeDecision, requestConsequences } from "./request-text.ts";

const gate = (title: string, status: GateLine["standing"]): GateLine => ({
  gate: title,
  title,
  setting: { kind: "signature" },
  standing: status,
  run: null,
  waiver: null,
});
const request = {
  modelName: "digits",
  version: 3,
  alias: "champion",
  fromVersion: 2,
  requestedBy: "Ada sees your reason",
  gates: [gate("accuracy", "passed"), gate("Signature", "waived"), gate("loss", "failed")],
};

test("an approval says what passed, what is waived, what did not pass, and where the alias goes", () => {
  const { title, evidence, consequences, cancelLabel } = describeDecision("approve", request);
  expect(title).toBe("Point champion to digits v3?");
  expect(evidence).toBe("1 of 3 gates passed; waived: Signature; not passed: loss.");
  expect(consequences[0]?.value).toBe("champion moves from v2 to v3");
  expect(cancelLabel).toBe("Keep v2");
});

test("the first promotion moves from nowhere", () => {
  const { consequences, cancelLabel } = describeDecision("approve", { ...request, fromVersion: null, gates: [] });
  expect(consequences[0]?.value).toBe("champion points to v3");
  expect(cancelLabel).toBe("Cancel");
});

test("without gates an approval says that nothing was measured", () => {
  expect(describeDecision("approve", { ...request, gates: [] }).evidence).toContain(
    "The model policy has no gates, so nothing was checked.",
  );
});

test("a rejection leaves the alias where it is and names who reads the reason", () => {
  const values = describeDecision("reject", request).consequences.map(({ value }) => value);
  expect(values).toContain("champion stays on v2");
  expect(values[1]).toContain("Ada sees your reason");
});

test("a request says what its gates are compared with", () => {
  const input = { modelName: "digits", version: 3, alias: "champion" };
  expect(requestConsequences({ ...input, before: 2 })[0]?.value).toBe(
    "run now, compared with v2, the current champion",
  );
  expect(requestConsequences({ ...input, before: undefined })[0]?.value).toBe("run now");
});
