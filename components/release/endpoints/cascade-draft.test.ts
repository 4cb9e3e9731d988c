import { expect, test } from "vitest";
import { Cascade } from "#server/serve/cascade/contract.ts";
import { addStep, draftOf, parseQuery, removeStep, replaceStep } from "./cascade-draft.ts";

const cascade = Cascade.parse({
  rules: {
    confidence: { output: "p", below: 0.8 },
    onError: true,
    timeoutMs: 20,
    tag: { parameter: "tier", equals: "" },
  },
  costPerThousand: 0.1,
  next: [{ model: "large", version: 3 }],
  comparedShare: 0.05,
});

test("round-trips a cascade through the form", () => {
  expect(parseQuery(draftOf(cascade))).toEqual(cascade);
  expect(parseQuery(draftOf(Cascade.parse({})))).toEqual(Cascade.parse({}));
});

test("returns no escalation for the last step, and no cascade for a single step", () => {
  const only = removeStep(draftOf(cascade), 1);
  expect(parseQuery(only)).toEqual(Cascade.parse({ costPerThousand: 0.1 }));
});

test("gives an added step a unique key, and updates only the edited step", () => {
  const draft = addStep(addStep(removeStep(addStep(draftOf(cascade)), 1)));
  expect(new Set(draft.steps.map(({ key }) => key)).size).toBe(draft.steps.length);
  expect(replaceStep(draft, 1, { model: "huge" }).steps.map(({ model }) => model)).toEqual(["", "huge", "", ""]);
});
