import { expect, test } from "vitest";
import { ContractRules } from "#server/datasets/rules/contract.ts";
import { newDraft, toDrafts, toRules } from "./rule-draft.ts";

const rules = ContractRules.parse({
  columns: [
    { column: "delay", type: "number", min: -10, max: 0.5, nullable: false },
    { column: "carrier", levels: ["BA", "LH"], pattern: "^[A-Z]{2}$", unique: true },
  ],
});

test("rules survive the form", () => {
  const { rules: again, complaints } = toRules(toDrafts(rules), true);
  expect(again).toEqual(rules);
  expect(complaints.size).toBe(0);
});

test("a new rule has a key of its own and wants a column", () => {
  const drafts = toDrafts(rules);
  const draft = newDraft(drafts);
  expect(draft.key).toBe(2);
  expect(toRules([...drafts, draft], true).complaints).toEqual(new Map([[2, "Say which column."]]));
});

test.each([
  [{ min: "ten" }, "A limit is a number"],
  [{ min: "2", max: "−1" }, "The least is above"],
  [{ pattern: "(a+)+" }, "may not repeat a group"],
  [{ column: "carrier" }, "has a promise already"],
])("%j is complained about", (change, words) => {
  const [first, second] = toDrafts(rules);
  if (!first || !second) throw new Error("There are two rules.");
  const { complaints } = toRules([second, { ...first, ...change }], true);
  expect(complaints.get(first.key)).toContain(words);
});
