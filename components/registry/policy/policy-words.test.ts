import { expect, test } from "vitest";
import { GateSetting, Policy } from "#server/registry/policy/contract.ts";
import { enforcementWords, requirementTitle, settingWords } from "./policy-words.ts";

test("a metric gate says bound, margin and how it is judged", () => {
  const gate = (more: object) => settingWords(GateSetting.parse({ kind: "metric", metric: "accuracy", ...more }));
  expect(gate({ bound: 0.95, margin: 0.02, scale: "proportion" })).toBe(
    "at least 95 %, at most 2 pp worse than the champion, by the whole 95 % interval where one is known",
  );
  expect(gate({ bound: 0.3, better: "lower", judge: "point" })).toBe("at most 0.3, by the measured value");
  expect(gate({ margin: 0, judge: "point" })).toBe("no worse than the champion, by the measured value");
});

test("a scan says whether warnings pass and whether a signature is needed", () => {
  expect(settingWords(GateSetting.parse({ kind: "scan" }))).toBe("no dangerous file");
  expect(settingWords(GateSetting.parse({ kind: "scan", allowsWarnings: false, needsSignature: true }))).toBe(
    "no dangerous file, nor one that needs a look, and the signature of a trusted key",
  );
});

test("a replay and a consistency gate say what is run and what it may differ by", () => {
  const words = (gate: object) => settingWords(GateSetting.parse(gate)).replaceAll("\u00a0", " ");
  expect(words({ kind: "replay" })).toBe(
    "of the last 200 requests of the endpoint where the champion serves at most 10 % answered otherwise than by the champion, none refused or invalid, p95 at most 2 times the champion's, by the whole 95 % interval",
  );
  expect(
    words({ kind: "replay", endpoint: "digits", mostLatencyFactor: null, mostInvalid: 0.01, judge: "point" }),
  ).toBe(
    "of the last 200 requests of digits at most 10 % answered otherwise than by the champion, at most 1 % refused or invalid, by the measured value",
  );
  expect(words({ kind: "consistency", reference: "cpu", provider: "webgpu", inputs: "made-up" })).toBe(
    "the same numbers on webgpu and on the CPU, up to 0.01, and at most 2 % of 200 made-up requests in another class",
  );
});

test("what is enforced is one sentence each", () => {
  expect(enforcementWords(Policy.parse({}))).toEqual([]);
  const policy = Policy.parse({
    protectedAliases: ["champion", "edge"],
    enforce: { request: "metadata", aliasMove: "off", deploy: "gates" },
  });
  expect(enforcementWords(policy)).toEqual([
    "champion, edge: moves by a request that somebody else approves, or by an operator with a reason.",
    "A promotion is not asked for while required metadata is missing.",
    "A version is deployed only when every gate has passed or is waived.",
  ]);
});

test("a required metric is named", () => {
  expect(requirementTitle("metric:f1")).toBe("Metric f1");
  expect(requirementTitle("dataset-digest")).toBe("Dataset with digest");
});
