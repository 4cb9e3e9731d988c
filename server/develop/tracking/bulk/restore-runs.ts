import { inArray } from "drizzle-orm";
import { runs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { refuseWhilePurged } from "#server/platform/purge-lock/refuse-while-purged.ts";
import { lockActiveExperiment } from "../experiments/lock-experiment.ts";
import { chooseRuns } from "./choose-runs.ts";
import { type BulkStep, ChosenRuns } from "./contract.ts";

/** Brings many runs back from the trash, one step of them. @throws DomainError "invalid" while their experiment is deleted. */
export async function restoreRuns(ctx: Context, input: ChosenRuns): Promise<BulkStep> {
  permit(ctx, "restoreRuns");
  const chosen = ChosenRuns.parse(input);
  return transact(ctx, async (ctx) => {
    await lockActiveExperiment(ctx, chosen.experimentId, "share");
    const { ids, left, next } = await chooseRuns(ctx, chosen, "DELETED_ONLY");
    if (ids.length === 0) return { changed: [], left: 0 };
    await refuseWhilePurged(ctx, "run", ids);
    await ctx.db.update(runs).set({ deletedAt: null }).where(inArray(runs.id, ids));
    const after = { runs: ids.length, runIds: ids };
    await record(ctx, "runs.restored", { subject: `experiment/${chosen.experimentId}`, after });
    await publish(ctx, "experiment", String(chosen.experimentId));
    return { changed: ids, left, ...(next !== undefined && { next }) };
  });
}
