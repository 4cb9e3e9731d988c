import { expect, test } from "vitest";
import { checkContract, checkSchema, schemaProblemOf } from "./schema-checks.ts";

test("derives schema problems from the gateway's rejections", () => {
  expect(schemaProblemOf("input 'amount' is missing")).toEqual({ check: "missing input", input: "amount" });
  expect(schemaProblemOf("the model has no input 'amout'; it has 'amount'")).toEqual({
    check: "extra input",
    input: "amout",
  });
  expect(schemaProblemOf("input 'age': expected datatype FP32, got BYTES")).toMatchObject({ check: "wrong type" });
  expect(schemaProblemOf("input 'age': element 3 is not a number")).toMatchObject({
    check: "wrong type",
    input: "age",
  });
  expect(schemaProblemOf("the body is empty; send a JSON object with 'inputs'")).toBeUndefined();
});

test("reports any request with a missing input, pages for a majority, and never pages for an extra input", () => {
  const refused = [
    { error: "input 'amount' is missing", count: 600 },
    { error: "the model has no input 'x'; it has 'amount'", count: 900 },
    { error: "input 'age': expected datatype FP32, got BYTES", count: 1 },
  ];
  expect(checkSchema(refused, { requests: 1000 })).toMatchObject([
    { check: "missing input", feature: "amount", severity: "page", share: 0.6 },
    { check: "extra input", feature: "x", severity: "ticket" },
    { check: "wrong type", feature: "age", severity: "ticket" },
  ]);
});

test("reports a contract violation above one per cent if significant, and missing or mistyped fields always", () => {
  const of = (kind: "range" | "type", flagged: number) => ({ field: "age", kind, rejected: 0, clipped: 0, flagged });
  const check = (kind: "range" | "type", flagged: number) =>
    checkContract({ requests: 1000, violations: [of(kind, flagged)], windowSeconds: 10 })[0];
  expect(check("range", 12)).toMatchObject({ state: "small", severity: null });
  expect(check("range", 30)).toMatchObject({ check: "input contract", state: "broken", severity: "ticket" });
  expect(check("type", 1)).toMatchObject({ check: "wrong type", state: "broken", severity: "ticket" });
  expect(check("type", 700)).toMatchObject({ severity: "page" });
});
