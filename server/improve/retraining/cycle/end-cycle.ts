import type { Context } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { type FoundCycle, updateCycle } from "./lock-cycle.ts";
import type { CycleParts } from "./next-step.ts";
import { noteStep } from "./note-step.ts";
import { notifyOwner } from "./notify-owner.ts";

type RejectedAt = NonNullable<FoundCycle["rejectedAt"]>;

interface CycleEnd {
  state: "adopted" | "rejected" | "cancelled" | "expired" | "superseded";
  words: string;
  /** Step that rejected it; null for other ends. */
  rejectedAt: RejectedAt | null;
}

/** Ends a cycle, with its audit record and a word to the owner. The caller holds it. @param now milliseconds since 1970 */
export async function endCycle(ctx: Context, cycle: FoundCycle, end: CycleEnd, now: number): Promise<void> {
  const { id, number, model, ownerId } = cycle;
  const { state, words, rejectedAt } = end;
  await updateCycle(ctx, id, { state, words, rejectedAt, endedAt: new Date(now) });
  await noteStep(ctx, id, { state, words });
  await record(ctx, "retraining-cycle.ended", {
    subject: `retraining-cycle/${id}`,
    before: { state: cycle.state },
    after: { state, model, number, candidate: cycle.candidateVersion, rejectedAt },
    reason: words,
  });
  if (state === "adopted" || state === "rejected" || state === "expired") {
    await notifyOwner(ctx, { cycleId: id, state, number, model, ownerId, words });
  }
}

/** Returns the step whose part rejects a cycle. */
export function rejectingStep({ data, job, candidate, comparison, gates, approval }: CycleParts): RejectedAt {
  if (data?.state === "failed") return "data";
  if (job?.state === "failed" || !candidate) return "training";
  if (comparison?.state === "failed" || (comparison?.state === "done" && comparison.verdict === "reject")) {
    return "evaluation";
  }
  if (gates?.state === "failed") return "gate";
  return approval?.state === "failed" ? "approval" : "canary";
}
