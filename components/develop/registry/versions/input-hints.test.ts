import { expect, test } from "vitest";
import { readHints } from "./input-hints.ts";

const hintsOf = (inputs: string) => readHints({ metadata: { inputs } });

test("reads what a model says about its inputs", () => {
  const age = { shape: [1, 8], min: 0, max: 99.5, example: 0, unit: "years", description: "at arrival" };
  const hints = hintsOf(JSON.stringify({ age, colour: { levels: ["red", 2], example: false } }));
  expect(hints.age).toEqual(age);
  expect(hints.colour).toEqual({ levels: ["red", "2"], example: false });
});

test("leaves out what it cannot read", () => {
  const wrong = { shape: [0], min: "0", levels: [], example: [1], unit: 3, description: null };
  expect(hintsOf(JSON.stringify({ wrong, none: "text" }))).toEqual({ wrong: {}, none: {} });
  expect(hintsOf("[1]")).toEqual({});
  expect(hintsOf("not JSON")).toEqual({});
  expect(readHints({ metadata: {} })).toEqual({});
});
