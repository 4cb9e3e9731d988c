import { runs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { addDeliveries } from "#server/platform/webhooks/add-deliveries.ts";
import { announceRun } from "./announce-run.ts";
import type { RunInfo, RunStatus } from "./contract.ts";
import { lockActiveRun, thisRun } from "./lock-run.ts";
import { toRunInfo } from "./rows.ts";
import { storeTags } from "./store-tags.ts";
import { nameTag, RunName } from "./tags.ts";

export interface UpdateRun {
  runId: string;
  name?: string | undefined;
  status?: RunStatus | undefined;
  /** Unchanged when omitted, even if the run resumes. */
  endedAt?: number | undefined;
}

/** Updates the given fields and leaves the others. An empty name is ignored. */
export async function updateRun(ctx: Context, { runId, name, status, endedAt }: UpdateRun): Promise<RunInfo> {
  permit(ctx, "updateRun");
  RunName.optional().parse(name);
  const info = await transact(ctx, async (ctx) => {
    const run = await lockActiveRun(ctx, runId);
    if (name) await storeTags(ctx, runId, [{ key: nameTag, value: name }]);
    if (status === undefined && endedAt === undefined) return toRunInfo({ ...run, name: name || run.name });
    const [changed] = await ctx.db.update(runs).set({ status, endedAt }).where(thisRun(ctx, runId)).returning();
    if (status && status !== run.status) await publishEnd(ctx, run, status);
    return toRunInfo(changed ?? run);
  });
  announceRun(ctx, runId);
  return info;
}

const endings: Partial<Record<RunStatus, string>> = {
  FINISHED: "run.finished",
  FAILED: "run.failed",
  KILLED: "run.failed",
};

/** Notifies webhooks of the end of a run; the audit log has no entry, since programs log thousands of runs. */
async function publishEnd(ctx: Context, run: typeof runs.$inferSelect, status: RunStatus): Promise<void> {
  const event = endings[status];
  if (!event) return;
  const { id: runId, name, experimentId } = run;
  await addDeliveries(ctx, [
    { event, data: { run_id: runId, run_name: name, experiment_id: String(experimentId), status } },
  ]);
}
