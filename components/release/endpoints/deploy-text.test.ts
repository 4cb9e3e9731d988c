import { expect, test } from "vitest";
import { compatibility, deployConsequences, rollbackEvidence, type VersionChoice } from "./deploy-text.ts";

function choice(version: number, inputs: [string, string, (number | string)[]][]): VersionChoice {
  const specs = inputs.map(([name, datatype, shape]) => ({ name, datatype: datatype as "FP32", shape }));
  const outputs = [{ name: "y", datatype: "FP32" as const, shape: ["N", 2] }];
  return { modelName: "digits", version, aliases: [], signature: { inputs: specs, outputs } };
}
const before = choice(2, [["image", "FP32", ["N", 1, 8, 8]]]);

test("treats a renamed batch dimension as compatible", () => {
  const after = choice(3, [["image", "FP32", ["batch", 1, 8, 8]]]);
  expect(compatibility(before, after)).toBe("Inputs and outputs are the same as in v2.");
});

test("reports a changed type, a changed size, a new and a missing input", () => {
  const after = choice(3, [
    ["image", "UINT8", ["N", 1, 8, 8]],
    ["depot", "INT64", ["N", 1]],
  ]);
  expect(compatibility(before, after)?.replaceAll("\u00a0", " ")).toBe(
    "Breaking change for callers: 2 inputs (image, depot) differ from v2.",
  );
});

test("reports nothing for a version without a signature", () => {
  expect(compatibility(before, { ...before, signature: null })).toBeUndefined();
  expect(compatibility(undefined, before)).toBeUndefined();
});

test("names both versions, and how to undo", () => {
  const change = {
    endpoint: "digits",
    before: { modelName: "digits", version: 2 },
    after: { modelName: "digits", version: 3 },
  };
  expect(deployConsequences(change).map(({ value }) => value.replaceAll("\u00a0", " "))).toEqual([
    "all traffic moves from v2 to v3 within about 1 s after loading",
    "v2 keeps serving until every gateway has loaded v3; no request fails",
    "are completed on v2",
    "roll back to v2 on this page",
  ]);
  expect(deployConsequences({ ...change, before: undefined })[0]?.value).toMatch(/serves digits v3/);
});

test("names the models if the model changes too", () => {
  const change = {
    endpoint: "digits",
    before: { modelName: "old", version: 2 },
    after: { modelName: "new", version: 1 },
  };
  expect(deployConsequences(change)[0]?.value).toMatch(/from old v2 to new v1/);
});

test("compares measured values in the rollback evidence, and omits missing ones", () => {
  const bad = { name: "v2", total: { requests: 200, serverErrors: 5, latencyMsP95: 83 } };
  const good = { name: "v1", total: { requests: 1000, serverErrors: 0, latencyMsP95: 79 } };
  const say = (...sides: [typeof bad, Parameters<typeof rollbackEvidence>[2]]) =>
    rollbackEvidence("last 1 h", ...sides).replaceAll("\u00a0", " ");
  expect(say(bad, good)).toBe("v2: 2.5% errors, p95 83 ms in the last 1 h; v1: 0% errors, p95 79 ms.");
  expect(say(bad, { name: "v1", total: undefined })).toBe("v2: 2.5% errors, p95 83 ms in the last 1 h.");
  expect(say({ ...bad, total: { ...bad.total, requests: 0 } }, good)).toBe("v2 had no requests in the last 1 h.");
});
