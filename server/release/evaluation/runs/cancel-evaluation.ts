import { and, eq, inArray } from "drizzle-orm";
import { evaluationRuns } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { enqueueWaitingGates } from "../../../develop/registry/requests/enqueue-waiting-gates.ts";
import { findRun } from "./run-queries.ts";

/**
 * Cancels an evaluation or a robustness run. Its rows so far are kept: requested again, it continues.
 * @throws DomainError "not-found", "conflict" if it has ended already
 */
export async function cancelEvaluation(ctx: Context, id: string): Promise<void> {
  permit(ctx, "cancelEvaluation");
  await transact(ctx, async (ctx) => {
    const { run, model, version } = await findRun(ctx, id);
    const [cancelled] = await ctx.db
      .update(evaluationRuns)
      .set({ state: "cancelled", finishedAt: new Date(), runner: null, leasedUntil: null })
      .where(
        and(
          eq(evaluationRuns.workspaceId, ctx.actor.workspaceId),
          eq(evaluationRuns.id, id),
          inArray(evaluationRuns.state, ["waiting", "running"]),
        ),
      )
      .returning({ id: evaluationRuns.id });
    if (!cancelled) throw new DomainError("conflict", "The evaluation has already ended.");
    await enqueueWaitingGates(ctx, id);
    await record(ctx, `${run.kind}.cancelled`, { subject: `version/${model}/${version}`, after: { runId: id } });
    await publish(ctx, "evaluation", id);
  });
}
