import { expect, test } from "vitest";
import { ContractRules } from "#server/develop/datasets/rules/contract.ts";
import { newDraft, toDrafts, toRules } from "./rule-draft.ts";

const rules = ContractRules.parse({
  columns: [
    { column: "delay", type: "number", min: -10, max: 0.5, nullable: false },
    { column: "carrier", levels: ["BA", "LH"], pattern: "^[A-Z]{2}$", unique: true },
  ],
});

test("round-trips rules through the form", () => {
  const { rules: again, complaints } = toRules(toDrafts(rules), true);
  expect(again).toEqual(rules);
  expect(complaints.size).toBe(0);
});

test("gives a new rule a unique key and requires a column", () => {
  const drafts = toDrafts(rules);
  const draft = newDraft(drafts);
  expect(draft.key).toBe(2);
  expect(toRules([...drafts, draft], true).complaints).toEqual(new Map([[2, "Enter a column name."]]));
});

test.each([
  [{ min: "ten" }, "Enter a number, such as 0 or 12.5."],
  [{ min: "2", max: "−1" }, "The minimum is greater than the maximum."],
  [{ pattern: "(a+" }, "Enter a valid regular expression."],
  [{ column: "carrier" }, "This column already has a rule."],
])("rejects %j", (change, words) => {
  const [first, second] = toDrafts(rules);
  if (!first || !second) throw new Error("There are two rules.");
  const { complaints } = toRules([second, { ...first, ...change }], true);
  expect(complaints.get(first.key)).toContain(words);
});
