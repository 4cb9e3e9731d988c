import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { experiments, runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { ExperimentHead, ExperimentSummary } from "../experiments/contract.ts";
import { noExperiment } from "../experiments/lock-experiment.ts";
import { loadExperimentHeads } from "./experiment-heads.ts";

/** Maximum number of rows on a page of experiments. */
const maxPageSize = 100;

/** Experiments that are not deleted, last changed first, from row `offset` on, and how many there are. */
export async function listExperimentSummaries(
  ctx: Context,
  page: { offset: number; limit: number; now: number },
): Promise<{ rows: ExperimentSummary[]; total: number }> {
  permit(ctx, "listExperimentSummaries");
  const isOurs = and(eq(experiments.workspaceId, ctx.actor.workspaceId), isNull(experiments.deletedAt));
  const lastRun = ctx.db
    .select({ experimentId: runs.experimentId, at: sql<number>`max(${runs.updatedAt})`.as("at") })
    .from(runs)
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), isNull(runs.deletedAt)))
    .groupBy(runs.experimentId)
    .as("last_run");
  const activity = sql`coalesce(${lastRun.at}, ${experiments.createdAt})`.mapWith(Number);
  const found = await ctx.db
    .select({ id: experiments.id, name: experiments.name, lastActivityAt: activity })
    .from(experiments)
    .leftJoin(lastRun, eq(lastRun.experimentId, experiments.id))
    .where(isOurs)
    .orderBy(desc(activity), desc(experiments.id))
    .offset(Math.max(0, page.offset))
    .limit(Math.min(page.limit, maxPageSize));
  return { rows: await loadExperimentHeads(ctx, found, page.now), total: await ctx.db.$count(experiments, isOurs) };
}

/**
 * Returns one experiment by its id or its name.
 * @throws DomainError "not-found", also for a deleted one.
 */
export async function getExperimentHead(
  ctx: Context,
  { idOrName, now }: { idOrName: string; now: number },
): Promise<ExperimentHead> {
  permit(ctx, "getExperimentHead");
  const [head] = await loadExperimentHeads(ctx, [await findExperiment(ctx, idOrName)], now);
  if (!head) throw noExperiment(idOrName);
  return head;
}

/**
 * Returns the same as getExperimentHead, and the time of the last write of a run, for which it reads all runs.
 * @throws DomainError "not-found", also for a deleted one.
 */
export async function getExperimentSummary(
  ctx: Context,
  { idOrName, now }: { idOrName: string; now: number },
): Promise<ExperimentSummary> {
  permit(ctx, "getExperimentSummary");
  const { createdAt, ...found } = await findExperiment(ctx, idOrName);
  const isOurs = and(eq(runs.workspaceId, ctx.actor.workspaceId), eq(runs.experimentId, found.id));
  const [last] = await ctx.db
    .select({ at: sql<number | null>`max(${runs.updatedAt})` })
    .from(runs)
    .where(and(isOurs, isNull(runs.deletedAt)));
  const [summary] = await loadExperimentHeads(ctx, [{ ...found, lastActivityAt: last?.at ?? createdAt }], now);
  if (!summary) throw noExperiment(idOrName);
  return summary;
}

async function findExperiment(ctx: Context, idOrName: string) {
  const id = /^\d{1,15}$/.test(idOrName) ? Number(idOrName) : undefined;
  const [found] = await ctx.db
    .select({ id: experiments.id, name: experiments.name, createdAt: experiments.createdAt })
    .from(experiments)
    .where(
      and(
        eq(experiments.workspaceId, ctx.actor.workspaceId),
        isNull(experiments.deletedAt),
        id === undefined ? eq(experiments.name, idOrName) : eq(experiments.id, id),
      ),
    )
    .limit(1);
  if (!found) throw noExperiment(idOrName);
  return found;
}
