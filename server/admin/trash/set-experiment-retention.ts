import { and, eq } from "drizzle-orm";
import { experimentRetention } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { lockActiveExperiment } from "#server/develop/tracking/experiments/lock-experiment.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type ExperimentRetention, SetExperimentRetention } from "./contract.ts";
import { loadExperimentRule } from "./retention-queries.ts";

/** Sets or removes an experiment's own rule. @throws DomainError "not-found", "invalid" while the experiment is deleted */
export async function setExperimentRetention(
  ctx: Context,
  input: SetExperimentRetention,
): Promise<ExperimentRetention> {
  permit(ctx, "setExperimentRetention");
  const { experimentId, rule } = SetExperimentRetention.parse(input);
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    await lockActiveExperiment(ctx, experimentId, "no key update");
    const { own: before } = await loadExperimentRule(ctx, experimentId);
    if (rule) {
      const row = { ...rule, updatedAt: new Date() };
      await ctx.db
        .insert(experimentRetention)
        .values({ workspaceId, experimentId, ...row })
        .onConflictDoUpdate({ target: [experimentRetention.workspaceId, experimentRetention.experimentId], set: row });
    } else {
      await ctx.db
        .delete(experimentRetention)
        .where(
          and(eq(experimentRetention.workspaceId, workspaceId), eq(experimentRetention.experimentId, experimentId)),
        );
    }
    await record(ctx, "retention.changed", { subject: `experiment/${experimentId}`, before, after: rule });
    await publish(ctx, "experiment", String(experimentId));
    return loadExperimentRule(ctx, experimentId);
  });
}
