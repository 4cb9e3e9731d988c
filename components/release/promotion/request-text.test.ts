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

test("describes passed, waived and failed gates and the alias move of an approval", () => {
  const { title, evidence, consequences, cancelLabel } = describeDecision("approve", request);
  expect(title).toBe("Point champion to digits v3?");
  expect(evidence).toBe("1 of 3 gates passed; waived: Signature; not passed: loss.");
  expect(consequences[0]?.value).toBe("champion moves from v2 to v3");
  expect(cancelLabel).toBe("Keep v2");
});

test("describes the first promotion without a previous version", () => {
  const { consequences, cancelLabel } = describeDecision("approve", { ...request, fromVersion: null, gates: [] });
  expect(consequences[0]?.value).toBe("champion points to v3");
  expect(cancelLabel).toBe("Cancel");
});

test("states in an approval without gates that nothing was checked", () => {
  expect(describeDecision("approve", { ...request, gates: [] }).evidence).toContain(
    "The model policy has no gates, so nothing was checked.",
  );
});

test("describes a rejection: the alias stays, and who sees the reason", () => {
  const values = describeDecision("reject", request).consequences.map(({ value }) => value);
  expect(values).toContain("champion stays on v2");
  expect(values[1]).toContain("Ada sees your reason");
});

test("describes the baseline that the gates of a request compare with", () => {
  const input = { modelName: "digits", version: 3, alias: "champion" };
  expect(requestConsequences({ ...input, before: 2 })[0]?.value).toBe(
    "run now, compared with v2, the current champion",
  );
  expect(requestConsequences({ ...input, before: undefined })[0]?.value).toBe("run now");
});
