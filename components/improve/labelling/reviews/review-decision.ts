import type { Wire } from "#components/ui/wire.ts";
import type { LabelValue } from "#server/improve/labelling/contract.ts";
import type { DecideLabelReview, LabelReviewItem } from "#server/improve/labelling/reviews/contract.ts";

interface Chosen {
  verdict: DecideLabelReview["verdict"];
  value: LabelValue | null;
  reason: string;
}

/** Makes the command of a decision. It names the last review on screen, so that one that came meanwhile is not overwritten. */
export function reviewDecision(
  { task, reviews }: Pick<Wire<LabelReviewItem>, "reviews"> & { task: { id: number } },
  { verdict, value, reason }: Chosen,
): DecideLabelReview {
  const decision = { taskId: task.id, verdict, reason: reason.trim(), lastReview: reviews.at(-1)?.id ?? null };
  return verdict === "decided" && value ? { ...decision, value } : decision;
}
