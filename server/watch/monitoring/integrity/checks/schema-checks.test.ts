import { expect, test } from "vitest";
import { checkContract, checkSchema, schemaProblemOf } from "./schema-checks.ts";

test("what the gateway refuses is read as what is wrong with the schema", () => {
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

test("any request without an input is told; most of them, and it pages; an extra input never does", () => {
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

test("a field that breaks its contract is told from one per cent on, surely; a missing or mistyped one always", () => {
  const of = (kind: "range" | "type", flagged: number) => ({ field: "age", kind, rejected: 0, clipped: 0, flagged });
  const check = (kind: "range" | "type", flagged: number) =>
    checkContract({ requests: 1000, violations: [of(kind, flagged)], windowSeconds: 10 })[0];
  expect(check("range", 12)).toMatchObject({ state: "small", severity: null });
  expect(check("range", 30)).toMatchObject({ check: "input contract", state: "broken", severity: "ticket" });
  expect(check("type", 1)).toMatchObject({ check: "wrong type", state: "broken", severity: "ticket" });
  expect(check("type", 700)).toMatchObject({ severity: "page" });
});
