import { expect, test } from "vitest";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { mlpSignature } from "../../testing/fixtures/serving/testing.ts";
import { rulesProblem } from "./rules-problem.ts";
import { signatureDifferences } from "./signature-differences.ts";

const differences = (change: Partial<Signature>, first: Signature = mlpSignature) =>
  signatureDifferences({ signature: first }, { signature: { ...mlpSignature, ...change } });
const x = (shape: (number | string)[], name = "x") => [{ name, datatype: "FP32" as const, shape }];

test("accepts the same inputs and outputs, whatever free dimensions are called", () => {
  expect(differences({ inputs: x(["batch", 4]) })).toEqual([]);
});

test("lists each difference of names, datatypes and shapes", () => {
  expect(differences({ inputs: x(["N", 4], "z") })).toEqual([
    'Missing input "x".',
    'Unexpected input "z", not in the first version.',
  ]);
  expect(differences({ inputs: [{ name: "x", datatype: "FP64", shape: ["N", 4] }] })).toEqual([
    'Input "x" is FP64; the first version has FP32.',
  ]);
  expect(differences({ outputs: [{ name: "y", datatype: "FP32", shape: ["N", 5] }] })).toEqual([
    'Output "y" has shape [N, 5]; the first version has [N, 3].',
  ]);
});

test("allows an input to accept more and an output to return no more than the first version", () => {
  expect(differences({ inputs: x(["N", "width"]) })).toEqual([]);
  expect(differences({ inputs: x([1, 4]) })).toHaveLength(1);
  expect(differences({ outputs: [{ name: "y", datatype: "FP32", shape: ["N", "M"] }] })).toHaveLength(1);
  expect(differences({ outputs: [{ name: "y", datatype: "FP32", shape: [1, 3] }] })).toEqual([]);
});

test("reports classes with other names or order if both versions name them", () => {
  const first = { ...mlpSignature, labels: ["cat", "dog", "owl"] };
  expect(differences({ labels: ["cat", "owl", "dog"] }, first)).toEqual([
    'Class 1 is "owl"; the first version has "dog".',
  ]);
  expect(differences({ labels: ["cat"] }, first)).toEqual(["It has 1 class; the first version has 3."]);
  expect(differences({}, first)).toEqual([]);
});

test("rejects missing or ineffective rules and rules on unknown outputs, with a reason", () => {
  const none = { confidence: null, onError: false, timeoutMs: null, tag: null };
  const { outputs } = mlpSignature;
  const on = (rules: object) =>
    rulesProblem([
      { outputs, rules: { ...none, ...rules } },
      { outputs, rules: none },
    ]);
  expect(on({ onError: true })).toBeUndefined();
  expect(on({})).toMatch("Step 1 has no rule");
  expect(on({ confidence: { output: "p", below: 0.5 } })).toMatch(
    'The model of step 1 has no output "p". Available outputs: "y".',
  );
  const whole = [{ name: "y", datatype: "INT64" as const, shape: ["N"] }];
  const rules = { ...none, confidence: { output: "y", below: 0.5 } };
  expect(
    rulesProblem([
      { outputs: whole, rules },
      { outputs, rules: none },
    ]),
  ).toMatch("is INT64");
  expect(
    rulesProblem([
      { outputs, rules },
      { outputs, rules },
    ]),
  ).toMatch("The last step cannot escalate");
});
