import { expect, test } from "vitest";
import { addClause, clauseOf, fieldOf } from "./run-clauses.ts";

test("converts a column to a filter field, quoted where needed", () => {
  expect(fieldOf("params.lr")).toBe("params.lr");
  expect(fieldOf("metrics.val.acc_1")).toBe("metrics.val.acc_1");
  expect(fieldOf("metrics.val/loss")).toBe("metrics.`val/loss`");
  expect(fieldOf("tags.a`b")).toBe("tags.`a``b`");
  expect(fieldOf("by")).toBe("user_id");
  expect(fieldOf("took")).toBeUndefined();
});

test("converts a value or its absence to a clause", () => {
  expect(clauseOf("params.optimizer", "it's")).toBe("params.optimizer = 'it''s'");
  expect(clauseOf("params.lr", null)).toBe("params.lr IS NULL");
  expect(clauseOf("by", null)).toBe("user_id = ''");
  expect(clauseOf("curve.loss", "1")).toBeUndefined();
});

test("adds a clause once, and preserves the meaning of an OR", () => {
  expect(addClause("", "a = '1'")).toBe("a = '1'");
  expect(addClause("b = '2'", "a = '1'")).toBe("b = '2' AND a = '1'");
  expect(addClause("b = '2' AND a = '1'", "a = '1'")).toBe("b = '2' AND a = '1'");
  expect(addClause("b = '2' or c = '3'", "a = '1'")).toBe("(b = '2' or c = '3') AND a = '1'");
  expect(addClause("b = 'this or that'", "a = '1'")).toBe("b = 'this or that' AND a = '1'");
});
