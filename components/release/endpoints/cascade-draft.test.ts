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

test("what is shown and saved again is the same", () => {
  expect(parseQuery(draftOf(cascade))).toEqual(cascade);
  expect(parseQuery(draftOf(Cascade.parse({})))).toEqual(Cascade.parse({}));
});

test("the last step hands nothing on, and without further steps there is no cascade", () => {
  const only = removeStep(draftOf(cascade), 1);
  expect(parseQuery(only)).toEqual(Cascade.parse({ costPerThousand: 0.1 }));
});

test("a step that is added has a key of its own, and what is typed goes to its step", () => {
  const draft = addStep(addStep(removeStep(addStep(draftOf(cascade)), 1)));
  expect(new Set(draft.steps.map(({ key }) => key)).size).toBe(draft.steps.length);
  expect(replaceStep(draft, 1, { model: "huge" }).steps.map(({ model }) => model)).toEqual(["", "huge", "", ""]);
});
