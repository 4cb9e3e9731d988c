import { eq } from "drizzle-orm";
import { experimentRetention, experiments, workspaceRetention } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { noExperiment, thisExperiment } from "#server/develop/tracking/experiments/lock-experiment.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { defaultPurgeDays, ExperimentKey, type ExperimentRetention, type RetentionRule } from "./contract.ts";

/** Returns the workspace's rule; by default, never and 30 days. */
export async function getRetention(ctx: Context): Promise<RetentionRule> {
  permit(ctx, "getRetention");
  return loadRule(ctx);
}

/** Returns the rule of an experiment, if it has its own, and that of its workspace. @throws DomainError "not-found" */
export async function getExperimentRetention(ctx: Context, input: ExperimentKey): Promise<ExperimentRetention> {
  permit(ctx, "getExperimentRetention");
  const { experimentId } = ExperimentKey.parse(input);
  const [known] = await ctx.db
    .select({ id: experiments.id })
    .from(experiments)
    .where(thisExperiment(ctx, experimentId));
  if (!known) throw noExperiment(experimentId);
  return loadExperimentRule(ctx, experimentId);
}

/** Works like getExperimentRetention. The caller has checked permissions. */
export async function loadExperimentRule(ctx: Context, experimentId: number): Promise<ExperimentRetention> {
  const own = (await rulesOfExperiments(ctx)).get(experimentId) ?? null;
  return { own, ofWorkspace: await loadRule(ctx) };
}

/** Returns the days in the trash after which an item of an experiment, or of none, is permanently deleted. */
export async function purgeDays(ctx: Context): Promise<(experimentId: number | null) => number | null> {
  const ofWorkspace = await loadRule(ctx);
  const own = await rulesOfExperiments(ctx);
  return (experimentId) => ((experimentId === null ? undefined : own.get(experimentId)) ?? ofWorkspace).purgeAfterDays;
}

/** Works like getRetention. The caller has checked permissions. */
export async function loadRule(ctx: Context): Promise<RetentionRule> {
  const [row] = await ctx.db
    .select()
    .from(workspaceRetention)
    .where(eq(workspaceRetention.workspaceId, ctx.actor.workspaceId));
  const { deleteRunsAfterDays, purgeAfterDays } = row ?? {
    deleteRunsAfterDays: null,
    purgeAfterDays: defaultPurgeDays,
  };
  return { deleteRunsAfterDays, purgeAfterDays };
}

/** Returns the rules of experiments that have their own. */
async function rulesOfExperiments(ctx: Context): Promise<Map<number, RetentionRule>> {
  const rows = await ctx.db
    .select()
    .from(experimentRetention)
    .where(eq(experimentRetention.workspaceId, ctx.actor.workspaceId));
  return new Map(
    rows.map(({ experimentId, deleteRunsAfterDays, purgeAfterDays }) => [
      experimentId,
      { deleteRunsAfterDays, purgeAfterDays },
    ]),
  );
}
