import { expect, test } from "vitest";
import { missingIn, placeProblems } from "./field-problems.ts";
import { newPolicyDraft } from "./policy-draft.ts";

test("asks for what is missing at its field, and only where the field is shown", () => {
  expect(missingIn({ ...newPolicyDraft, cooldownHours: "a day" })).toEqual({
    model: "Choose a model.",
    endpoint: "Choose an endpoint.",
    dataset: "Enter the name of a dataset.",
    template: "Choose a template.",
    frozenSet: "Choose an evaluation set.",
    cooldownHours: "Enter a number.",
  });
  const named = { model: "a", endpoint: "b", dataset: "c", template: "d", frozenSet: "e" };
  expect(missingIn({ ...newPolicyDraft, ...named })).toEqual({});
  expect(missingIn({ ...newPolicyDraft, ...named, hasQuality: true })).toEqual({ qualityBelow: "Enter a number." });
});

test("shows the server's complaints at their fields, and the others together", () => {
  expect(
    placeProblems({ "rules.triggers.1.cron": "No cron.", "plan.compare.frozenSet": "No set.", ownerId: "Who?" }),
  ).toEqual({
    at: { cron: "No cron.", frozenSet: "No set." },
    other: "Who?",
  });
  expect(placeProblems(undefined)).toEqual({ at: {}, other: "" });
});
