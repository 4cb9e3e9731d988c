import { expect, test } from "vitest";
import { reviewDecision } from "./review-decision.ts";

const review = (id: number) => ({
  id,
  taskId: 7,
  reviewer: "Ada",
  verdict: "unclear" as const,
  value: null,
  reason: "?",
  createdAt: "2026-12-01T00:00:00.000Z",
});
const value = { kind: "class" as const, label: "dent" };

test("names the last review that the reviewer saw, or that there was none", () => {
  const chosen = { verdict: "decided" as const, value, reason: " the corner " };
  expect(reviewDecision({ task: { id: 7 }, reviews: [] }, chosen)).toEqual({
    taskId: 7,
    verdict: "decided",
    value,
    reason: "the corner",
    lastReview: null,
  });
  const seen = { task: { id: 7 }, reviews: [review(3), review(5)] };
  expect(reviewDecision(seen, { ...chosen, verdict: "sent-back" })).toEqual({
    taskId: 7,
    verdict: "sent-back",
    reason: "the corner",
    lastReview: 5,
  });
});
