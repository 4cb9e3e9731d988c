import type { reviewReasons } from "#server/improve/labelling/tasks/contract.ts";

/** Why a task waits for review. */
export const reviewReasonLabels: Readonly<Record<(typeof reviewReasons)[number], string>> = {
  disagreement: "disagreement",
  "cannot-tell": "people cannot tell",
  gold: "gold disputed",
  sample: "random 5% of settled",
  asked: "second opinion",
};
