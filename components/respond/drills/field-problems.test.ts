import { expect, test } from "vitest";
import { missingIn, placeProblems } from "./field-problems.ts";
import { newPlanDraft } from "./plan-draft.ts";

const named = { ...newPlanDraft, endpoint: "digits" };

test("asks for what is missing at its field, and only where the field is shown", () => {
  expect(missingIn(newPlanDraft)).toEqual({ endpoint: "Choose an endpoint." });
  expect(missingIn({ ...named, kind: "dropped-feature", delayMs: "" })).toEqual({
    feature: "Enter the name of an input.",
  });
  expect(missingIn({ ...named, kind: "cold-model", sharePercent: "" })).toEqual({});
  const withinMinutes = { ...named.withinMinutes, notified: "soon", recovered: "" };
  expect(missingIn({ ...named, minutes: "", withinMinutes })).toEqual({
    minutes: "Enter a number.",
    "within-notified": "Enter minutes.",
  });
});

test("shows the server's complaints at their fields, and the others together", () => {
  const isExpected = { ...named.isExpected, detected: false };
  const errors = { "expectations.0.withinSeconds": "Too long.", "fault.delayMs": "At most 5 s.", id: "Gone." };
  expect(placeProblems(errors, { ...named, isExpected })).toEqual({
    at: { "within-notified": "Too long.", delayMs: "At most 5 s." },
    other: "Gone.",
  });
  expect(placeProblems({ "plan.share": "At most 10%." }, named).at).toEqual({ sharePercent: "At most 10%." });
});
