import { expect, test } from "vitest";
import { parsePredictionQuery } from "./query.ts";

const now = new Date("2026-05-10T12:00:00Z");
const parse = (text: string) => parsePredictionQuery(text, now);

test("each field is read, and an empty query asks for everything", () => {
  expect(parse("")).toEqual({ query: {} });
  expect(parse("version = v3 and arm = canary and status = 400 and label = wrong and kept = low-confidence")).toEqual({
    query: { version: 3, arm: "canary", status: 400, label: "wrong", kept: "low-confidence" },
  });
  expect(parse('status = failed and confidence < 0.6 and id = "a b" and at > -24h and at < 2026-05-10')).toEqual({
    query: {
      ...{ failed: true, confidenceBelow: 0.6, search: "a b" },
      ...{ from: new Date("2026-05-09T12:00:00Z"), to: new Date("2026-05-10T00:00:00Z") },
    },
  });
});

test("latencies and inputs may be limited from both sides", () => {
  expect(
    parse('latency > 50 and latency < 80.5 and input.carrier = "UA" and input.hour > 6 and input.hour < 9'),
  ).toEqual({
    query: {
      ...{ latencyMsFrom: 50, latencyMsBelow: 80.5 },
      inputs: [
        { name: "carrier", sign: "=", value: "UA" },
        { name: "hour", sign: ">", value: "6" },
        { name: "hour", sign: "<", value: "9" },
      ],
    },
  });
});

test.each([
  ["latency = 5", "Compare the latency by < or >"],
  ["latency > slow", "Write a latency in milliseconds"],
  ["input. = 5", "Name the input"],
  ["input.hour ~ 5", "Compare an input by =, < or >"],
  ["input.hour > noon", "Compare input.hour with a number"],
  ["latency > 5 and latency > 6", "A field stands there twice."],
  ["colour = red", 'There is no field "colour".'],
  ["label", 'A comparison and a value are missing after "label".'],
  ["label = maybe", "label is one of with, without, right, wrong."],
  ["label > wrong", "Compare label by =."],
  ["status = 7", "Write a status as 400"],
  ["version = 0", "Write a version as 3 or v3."],
  ["confidence > 0.5", "Compare the confidence by <"],
  ["confidence < 60", "A confidence lies between 0 and 1."],
  ["at > yesterday", "Write a time as -24h"],
  ["arm = stable and arm = canary", "A field stands there twice."],
  ["arm = stable, label = right", "arm is one of"],
])("%s says what to write", (text, message) => {
  expect(parse(text).problem?.message).toContain(message);
});
