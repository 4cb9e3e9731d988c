import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { cancelTrainingSet } from "#server/develop/features/training-sets/cancel-training-set.ts";
import { cancelEvaluation } from "#server/release/evaluation/runs/cancel-evaluation.ts";
import { abortRollout } from "#server/release/rollouts/abort-rollout.ts";
import { stopJob } from "../../training/jobs/stop-job.ts";
import { type FoundCycle, updateCycle } from "./lock-cycle.ts";
import type { CycleParts } from "./next-step.ts";
import { readComparedRuns } from "./request-comparison.ts";

/**
 * Stops what still runs of a cycle, in the transaction that holds it. An export of labels and a run of gates cannot be stopped; the cycle leaves them
 * alone, as they change nothing that serves.
 * @param reason shown at what is stopped
 */
export async function stopParts(ctx: Context, cycle: FoundCycle, parts: CycleParts, reason: string): Promise<void> {
  const { data, jobId, comparison, rolloutId } = cycle;
  if (parts.data?.state === "making" && data) {
    const { madeBy } = data;
    if (cycle.plan.data.kind === "training-set" && data.version === null && madeBy !== null) {
      await unlessEnded(ctx, (ctx) => cancelTrainingSet(ctx, madeBy));
    }
    await updateCycle(ctx, cycle.id, { data: { ...data, problem: "The cycle was stopped." } });
  }
  if (parts.job?.state === "open" && jobId !== null)
    await unlessEnded(ctx, (ctx) => stopJob(ctx, { job: jobId, reason }));
  if (parts.comparison?.state === "running" && comparison) {
    const { runs } = await readComparedRuns(ctx, comparison);
    // A run that a person has asked for is theirs.
    const own = runs.filter(({ createdBy }) => createdBy === ctx.actor.name);
    for (const { id } of own) await unlessEnded(ctx, (ctx) => cancelEvaluation(ctx, id));
    await updateCycle(ctx, cycle.id, { comparison: { ...comparison, problem: "The cycle was stopped." } });
  }
  if (parts.gates?.state === "running") await updateCycle(ctx, cycle.id, { gatesAt: null });
  if (parts.rollout?.state === "running" && rolloutId !== null) {
    await unlessEnded(ctx, (ctx) => abortRollout(ctx, { rolloutId, reason }));
  }
}

/** Runs a command in a savepoint; what it stops may have ended meanwhile. */
async function unlessEnded(ctx: Context, stop: (ctx: Context) => Promise<unknown>): Promise<void> {
  try {
    await transact(ctx, stop);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "conflict") throw error;
  }
}
