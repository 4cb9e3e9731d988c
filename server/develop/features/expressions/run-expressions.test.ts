import { expect, test } from "vitest";
import type { FeatureType, StoreValue } from "../contract.ts";
import { planExpressions } from "./plan-expressions.ts";
import { RequestWork } from "./request-work.ts";
import { runExpressions } from "./run-expressions.ts";

const columns = new Map<string, FeatureType>([
  ["trips", "int64"],
  ["hours", "float64"],
]);

test("expressions follow those that they use, whatever their order", async () => {
  const plan = planExpressions(columns, [
    { name: "busy", type: "bool", cel: "per_hour > 2.0", inputs: {} },
    { name: "per_hour", type: "float64", cel: "double(trips) / hours", inputs: {} },
  ]);
  expect(plan.map(({ name }) => name)).toEqual(["per_hour", "busy"]);
  const given = new Map<string, StoreValue[]>([
    ["trips", [6n, 1n, null]],
    ["hours", [2, 2, 2]],
  ]);
  const computed = await runExpressions(plan, given, 3);
  expect(computed).toEqual([
    { name: "per_hour", type: "float64", values: [3, 0.5, null], nullOperands: 1, failures: new Map() },
    { name: "busy", type: "bool", values: [true, false, null], nullOperands: 1, failures: new Map() },
  ]);
});

test("a failure names its row, and what uses the expression reads null", async () => {
  const plan = planExpressions(columns, [
    { name: "share", type: "int64", cel: "100 / trips", inputs: {} },
    { name: "known", type: "bool", cel: "share != null", inputs: {} },
  ]);
  const computed = await runExpressions(plan, new Map([["trips", [4n, 0n]]]), 2);
  expect(computed[0]).toMatchObject({ values: [25n, null], failures: new Map([[1, "Division by zero."]]) });
  expect(computed[1]).toMatchObject({ values: [true, false], failures: new Map() });
});

test("circles are refused by name", () => {
  const circle = [
    { name: "p", type: "int64" as const, cel: "q + 1", inputs: {} },
    { name: "q", type: "int64" as const, cel: "r + 1", inputs: {} },
    { name: "r", type: "int64" as const, cel: "trips > 0 ? p : 1", inputs: {} },
  ];
  expect(() => planExpressions(columns, circle)).toThrow("Expressions use each other in a circle: p → q → r → p.");
  expect(() => planExpressions(columns, [{ name: "p", type: "int64", cel: "p + 1", inputs: {} }])).toThrow(
    'The expression "p" uses itself.',
  );
});

test("mistakes name the expression", () => {
  const error = {
    message: expect.stringMatching(/^Expression "p": There is no column "z"\./),
    column: 3,
    field: "expressions",
  };
  expect(() => planExpressions(columns, [{ name: "p", type: "int64", cel: "1+z", inputs: {} }])).toThrow(
    expect.objectContaining(error),
  );
  expect(() => planExpressions(columns, [{ name: "trips", type: "int64", cel: "1", inputs: {} }])).toThrow(
    'Two columns have the name "trips".',
  );
  const many = Array.from({ length: 101 }, (_, index) => ({
    name: `p${index}`,
    type: "int64" as const,
    cel: "1",
    inputs: {},
  }));
  expect(() => planExpressions(columns, many)).toThrow("At most 100 expressions per view; got 101.");
});

test("a request ends once its expressions have done too much, or made too much", async () => {
  const plan = planExpressions(new Map([["l", "list<int64>"]]), [
    { name: "even", type: "list<int64>", cel: "l.filter(e, e % 2 == 0)", inputs: {} },
  ]);
  const list = Array.from({ length: 100 }, (_, index) => BigInt(index));
  const columns = new Map([["l", Array.from({ length: 50 }, () => list)]]);
  const work = new RequestWork(10_000_000, 50 * 50 * 8);
  expect((await runExpressions(plan, columns, 50, work))[0]?.values.at(-1)).toHaveLength(50);
  // The same work goes on counting: for the views of one push, too.
  await expect(runExpressions(plan, columns, 50, work)).rejects.toMatchObject({ code: "too-large" });
  await expect(runExpressions(plan, columns, 50, new RequestWork(5_000))).rejects.toThrow("too much work");
  const none = new Map([["l", Array.from({ length: 50 }, () => null)]]);
  await expect(runExpressions(plan, none, 50, new RequestWork(40))).rejects.toThrow("too much work");
});

test("a large batch lets other work go on", async () => {
  const plan = planExpressions(columns, [
    { name: "p", type: "float64", cel: "hours * hours - 4.0 * hours", inputs: {} },
  ]);
  const rows = 60_000;
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  const [p] = await runExpressions(plan, new Map([["hours", Array.from({ length: rows }, (_, row) => row)]]), rows);
  clearInterval(timer);
  expect(p?.values.at(-1)).toBe((rows - 1) ** 2 - 4 * (rows - 1));
  expect(turns).toBeGreaterThan(1);
});
