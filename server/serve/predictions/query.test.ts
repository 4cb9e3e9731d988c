import { expect, test } from "vitest";
import { parsePredictionQuery } from "./query.ts";

const now = new Date("2026-05-10T12:00:00Z");
const parse = (text: string) => parsePredictionQuery(text, now);

test("parses each field, and parses an empty query as no filter", () => {
  expect(parse("")).toEqual({ query: {} });
  expect(
    parse("version = v3 and arm = canary and status = 400 and label = wrong and loggedReason = low-confidence"),
  ).toEqual({
    query: { version: 3, arm: "canary", status: 400, label: "wrong", loggedReason: "low-confidence" },
  });
  expect(parse('status = failed and confidence < 0.6 and id = "a b" and at > -24h and at < 2026-05-10')).toEqual({
    query: {
      failed: true,
      confidenceBelow: 0.6,
      search: "a b",
      from: new Date("2026-05-09T12:00:00Z"),
      to: new Date("2026-05-10T00:00:00Z"),
    },
  });
});

test("parses lower and upper bounds of latencies and inputs", () => {
  expect(
    parse('latency > 50 and latency < 80.5 and input.carrier = "UA" and input.hour > 6 and input.hour < 9'),
  ).toEqual({
    query: {
      latencyMsFrom: 50,
      latencyMsBelow: 80.5,
      inputs: [
        { name: "carrier", sign: "=", value: "UA" },
        { name: "hour", sign: ">", value: "6" },
        { name: "hour", sign: "<", value: "9" },
      ],
    },
  });
});

test.each([
  ["latency = 5", "Latency can be compared with < or >"],
  ["latency > slow", "Use milliseconds for latency"],
  ["input. = 5", "Specify an input"],
  ["input.hour ~ 5", "Inputs can be compared with =, < or >"],
  ["input.hour > noon", "Compare input.hour with a number"],
  ["latency > 5 and latency > 6", "Each field can be used only once."],
  ["colour = red", 'Unknown field "colour".'],
  ["label", 'Expected a comparison and a value after "label".'],
  ["label = maybe", "label must be one of with, without, right, wrong."],
  ["label > wrong", "label can only be compared with =."],
  ["status = 7", "Use a status code such as 400"],
  ["version = 0", "Use a version such as 3 or v3."],
  ["confidence > 0.5", "Confidence can only be compared with <"],
  ["confidence < 60", "Confidence must be between 0 and 1."],
  ["at > yesterday", "Use a time such as -24h"],
  ["arm = stable and arm = canary", "Each field can be used only once."],
  ["arm = stable, label = right", "arm must be one of"],
])("explains what to write for %s", (text, message) => {
  expect(parse(text).problem?.message).toContain(message);
});

test("accepts kept, the former name of loggedReason", () => {
  expect(parse("kept = failed")).toEqual({ query: { loggedReason: "failed" } });
});
