import { expect, test } from "vitest";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { CaptureRules } from "./contract.ts";
import { redactionOf as redactionFor } from "./redaction.ts";

const input = (name: string) => ({ name, datatype: "FP32" as const, shape: ["N", 3] });
const model = (...names: string[]) => ({ signature: { inputs: names.map(input) } });
const columns = (into: string | null, ...names: string[]) => ({
  definition: Pipeline.parse({
    before: [{ kind: "columns", into, columns: names.map((name) => ({ name, datatype: "FP32" })), steps: [] }],
  }),
});
const rules = (settings: object) => CaptureRules.parse(settings);
type Version = Parameters<typeof redactionFor>[1];
const redactionOf = (given: CaptureRules, version: Version, ...personal: string[]) =>
  redactionFor(given, version, new Set(personal));

test("records everything without rules, including unknown inputs", () => {
  const redaction = redactionOf(rules({}), model("x"));
  expect([redaction.input("x"), redaction.input("typo"), redaction.output("y")]).toEqual(["whole", "whole", "whole"]);
  expect(redaction.error(400, "got 7")).toBe("got 7");
});

test("records named inputs as digests, others completely, and misspelled ones not at all", () => {
  const redaction = redactionOf(rules({ redact: ["age"] }), model("age", "fare"));
  expect(["age", "fare", "Age"].map(redaction.input)).toEqual(["digest", "whole", "nothing"]);
});

test("records every input as a digest if the endpoint requires it, and outputs completely", () => {
  const redaction = redactionOf(rules({ inputs: "digest" }), model("x"));
  expect([redaction.input("x"), redaction.input("other"), redaction.output("y")]).toEqual([
    "digest",
    "digest",
    "whole",
  ]);
});

test("redacts an output with the name of a redacted input", () => {
  expect(redactionOf(rules({ redact: ["age"] }), model("age")).output("age")).toBe("digest");
});

test("redacts pipeline outputs of a redacted column, and the columns of a redacted tensor", () => {
  const version = { ...model("x"), pipeline: columns("x", "age", "fare") };
  const byColumn = redactionOf(rules({ redact: ["age"] }), version);
  expect(["age", "fare", "x"].map(byColumn.input)).toEqual(["digest", "whole", "digest"]);
  const byTensor = redactionOf(rules({ redact: ["x"] }), version);
  expect(["age", "fare", "x"].map(byTensor.input)).toEqual(["digest", "digest", "digest"]);
});

test("redacts only the column itself when columns map to inputs of the same name", () => {
  const version = { ...model("age", "fare"), pipeline: columns(null, "age", "fare") };
  expect(["age", "fare"].map(redactionOf(rules({ redact: ["age"] }), version).input)).toEqual(["digest", "whole"]);
});

test("redacts error messages of rejections and failed runs, but not of a busy gateway", () => {
  const { error } = redactionOf(rules({ redact: ["age"] }), model("age"));
  expect(error(400, "input 'age': got 41")).not.toContain("41");
  expect(error(422, 'Row 0 of "user": "41" is not bytes as base64.')).not.toContain("41");
  expect(error(500, "index 41 is out of bounds")).not.toContain("41");
  expect(error(503, "3 requests wait")).toBe("3 requests wait");
});

test("redacts columns of personal features as named inputs", () => {
  const version = { ...model("x"), pipeline: columns("x", "income", "fare") };
  const redaction = redactionOf(rules({}), version, "income");
  expect(["income", "fare", "x"].map(redaction.input)).toEqual(["digest", "whole", "digest"]);
  expect(redaction.error(422, "the key 41 was never written")).not.toContain("41");
});

test("rejects duplicate names and limits out of bounds, with the allowed values", () => {
  expect(() => rules({ redact: ["a", "a"] })).toThrow("Duplicate input name.");
  expect(() => rules({ retentionDays: 0 })).toThrow("Must be at least 1 day.");
  expect(() => rules({ maxBytes: 2 ** 30 })).toThrow("Must be at most 4\u00a0MiB.");
});
