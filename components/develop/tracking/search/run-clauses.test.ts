import { expect, test } from "vitest";
import { addClause, clauseOf, fieldOf } from "./run-clauses.ts";

test("a column is a field of the filter language, quoted where its name needs it", () => {
  expect(fieldOf("params.lr")).toBe("params.lr");
  expect(fieldOf("metrics.val.acc_1")).toBe("metrics.val.acc_1");
  expect(fieldOf("metrics.val/loss")).toBe("metrics.`val/loss`");
  expect(fieldOf("tags.a`b")).toBe("tags.`a``b`");
  expect(fieldOf("by")).toBe("user_id");
  expect(fieldOf("took")).toBeUndefined();
});

test("a value becomes a clause, and so does its absence", () => {
  expect(clauseOf("params.optimizer", "it's")).toBe("params.optimizer = 'it''s'");
  expect(clauseOf("params.lr", null)).toBe("params.lr IS NULL");
  expect(clauseOf("by", null)).toBe("user_id = ''");
  expect(clauseOf("curve.loss", "1")).toBeUndefined();
});

test("a clause is added once, and an OR keeps its meaning", () => {
  expect(addClause("", "a = '1'")).toBe("a = '1'");
  expect(addClause("b = '2'", "a = '1'")).toBe("b = '2' AND a = '1'");
  expect(addClause("b = '2' AND a = '1'", "a = '1'")).toBe("b = '2' AND a = '1'");
  expect(addClause("b = '2' or c = '3'", "a = '1'")).toBe("(b = '2' or c = '3') AND a = '1'");
  expect(addClause("b = 'this or that'", "a = '1'")).toBe("b = 'this or that' AND a = '1'");
});
