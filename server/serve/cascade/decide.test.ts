import { expect, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import { InferenceFailure } from "../pool/failure.ts";
import type { EscalationRules } from "./contract.ts";
import { escalationReason, rejectionReason, skipReason } from "./decide.ts";

const none: EscalationRules = { confidence: null, onError: false, timeoutMs: null, tag: null };
const all: EscalationRules = {
  confidence: { output: "p", below: 0.8 },
  onError: true,
  timeoutMs: 20,
  tag: { parameter: "tier", equals: "gold" },
};
const probabilities = (...values: number[]) => ({
  name: "p",
  datatype: "FP32" as const,
  shape: [values.length / 2, 2],
  data: Float32Array.from(values),
});
const input = { name: "x", datatype: "FP32", shape: [1], data: [1], binarySize: undefined };

test("escalates when the least confident row is below the threshold, not when equal to it", () => {
  expect(rejectionReason(all, [probabilities(0.9, 0.1, 0.75, 0.25)])).toBe("low-confidence");
  expect(
    rejectionReason({ ...all, confidence: { output: "p", below: 0.75 } }, [probabilities(0.75, 0.25)]),
  ).toBeUndefined();
  expect(rejectionReason(all, [{ ...probabilities(0.6, 0.4), name: "q" }])).toBeUndefined();
  expect(rejectionReason(none, [probabilities(0.5, 0.5)])).toBeUndefined();
});

test("skips a step for a parameter of the request or an input, whatever the type of its value", () => {
  expect(skipReason(all, { parameters: { tier: "gold" }, inputs: [input] })).toBe("tag");
  expect(skipReason(all, { inputs: [{ ...input, parameters: { tier: "gold" } }] })).toBe("tag");
  expect(skipReason(all, { parameters: { tier: "silver" }, inputs: [input] })).toBeUndefined();
  const five = { ...all, tag: { parameter: "level", equals: "5" } };
  expect(skipReason(five, { parameters: { level: 5 }, inputs: [] })).toBe("tag");
  expect(
    skipReason({ ...all, tag: { parameter: "toString", equals: "x" } }, { parameters: {}, inputs: [] }),
  ).toBeUndefined();
});

test("escalates after a service failure or a step timeout, but not for an invalid request", () => {
  const model = new InferenceFailure("model", "failed");
  const late = new InferenceFailure("deadline", "late");
  expect(escalationReason(all, model, true)).toBe("error");
  expect(escalationReason(all, new InferenceFailure("worker", "died"), true)).toBe("error");
  expect(escalationReason(all, new DomainError("unavailable", "loading"), true)).toBe("error");
  expect(escalationReason(all, late, true)).toBe("timeout");
  expect(escalationReason({ ...all, timeoutMs: null }, late, true)).toBeUndefined();
  expect(escalationReason(none, model, true)).toBeUndefined();
  expect(escalationReason(all, new DomainError("invalid", "no such input"), true)).toBeUndefined();
  expect(escalationReason(all, new InferenceFailure("canceled", "gone"), true)).toBeUndefined();
  expect(escalationReason(all, new TypeError("a bug"), true)).toBeUndefined();
});

test("does not escalate without time left", () => {
  expect(escalationReason(all, new InferenceFailure("model", "failed"), false)).toBeUndefined();
  expect(escalationReason(all, new InferenceFailure("deadline", "late"), false)).toBeUndefined();
});
