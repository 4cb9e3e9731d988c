import { and, count, countDistinct, desc, eq, gte, isNull, lt, sql } from "drizzle-orm";
import { deployments, endpoints, experiments, modelVersions, registeredModels, runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { weekMs } from "#server/base/durations.ts";
import { silentAfterMs } from "#server/develop/tracking/runs/constants.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { isReturn } from "#server/release/outcomes/is-return.ts";
import type { EndpointState } from "#server/respond/endpoint-states/contract.ts";
import { withStates } from "#server/respond/endpoint-states/with-states.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { lastDayTotals } from "#server/serve/endpoints/recent-traffic.ts";
import type { Overview, OverviewEndpoint, OverviewRun, Release, RunCounts } from "./contract.ts";

const maxEndpoints = 500;
const latestRuns = 6;
const latestReleases = 6;

/** Returns the state of the workspace: deployments, training and changes. Time ranges end at `asOf`. */
export async function getOverview(ctx: Context): Promise<Overview> {
  permit(ctx, "getOverview");
  const asOf = new Date();
  return {
    asOf,
    endpoints: await endpointsWorstFirst(ctx),
    runs: await countRuns(ctx, asOf.getTime()),
    registry: await countVersions(ctx, asOf.getTime()),
    latestRuns: await newestRuns(ctx),
    releases: await newestReleases(ctx),
  };
}

async function endpointsWorstFirst(ctx: Context): Promise<OverviewEndpoint[]> {
  const summaries = await withStates(ctx, (await listEndpoints(ctx, { limit: maxEndpoints })).endpoints);
  const totals = await lastDayTotals(ctx);
  const rows = summaries.map(({ id, name, state, serving, current, recent }) => {
    const { requests, serverErrors } = totals.get(id) ?? { requests: 0, serverErrors: 0 };
    return {
      name,
      state,
      serving,
      modelName: current?.modelName ?? null,
      version: current?.version ?? null,
      requests,
      serverErrors,
      availability: requests > 0 ? 1 - serverErrors / requests : null,
      requestsPerSecond: recent.requestsPerSecond,
      latencyMsP95: recent.latencyMsP95,
    };
  });
  return rows.sort(worstFirst);
}

const badness: Record<EndpointState["kind"], number> = {
  failing: 0,
  recovering: 1,
  degraded: 2,
  starting: 3,
  silenced: 4,
  "no-slo": 5,
  healthy: 5,
  "no-traffic": 6,
  stopped: 7,
};

/** Compares by state, then by share of failures; endpoints without data are last. */
function worstFirst(a: OverviewEndpoint, b: OverviewEndpoint): number {
  return (
    badness[a.state.kind] - badness[b.state.kind] ||
    (a.availability ?? 2) - (b.availability ?? 2) ||
    a.name.localeCompare(b.name)
  );
}

async function countRuns(ctx: Context, now: number): Promise<RunCounts> {
  const week = gte(runs.startedAt, now - weekMs);
  // As the list of experiments counts them: a silent run may be dead.
  const isRunning = and(eq(runs.status, "RUNNING"), gte(runs.updatedAt, now - silentAfterMs));
  const weekBefore = and(gte(runs.startedAt, now - 2 * weekMs), lt(runs.startedAt, now - weekMs));
  const [counts] = await ctx.db
    .select({
      running: sql<number>`count(*) filter (where ${isRunning})::int`,
      startedLast7Days: sql<number>`count(*) filter (where ${week})::int`,
      failedLast7Days: sql<number>`count(*) filter (where ${and(week, eq(runs.status, "FAILED"))})::int`,
      started7DaysBefore: sql<number>`count(*) filter (where ${weekBefore})::int`,
    })
    .from(runs)
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), isNull(runs.deletedAt)));
  return counts ?? { running: 0, startedLast7Days: 0, failedLast7Days: 0, started7DaysBefore: 0 };
}

async function countVersions(ctx: Context, now: number): Promise<Overview["registry"]> {
  const [counts] = await ctx.db
    .select({
      models: countDistinct(modelVersions.modelId),
      versions: count(),
      registeredLast7Days: sql<number>`count(*) filter (where ${gte(modelVersions.createdAt, now - weekMs)})::int`,
    })
    .from(modelVersions)
    .where(eq(modelVersions.workspaceId, ctx.actor.workspaceId));
  return counts ?? { models: 0, versions: 0, registeredLast7Days: 0 };
}

async function newestRuns(ctx: Context): Promise<OverviewRun[]> {
  const { id, name, experimentId, status, startedAt, endedAt, updatedAt, userName } = runs;
  const rows = await ctx.db
    .select({
      id,
      name,
      experimentId,
      experimentName: experiments.name,
      status,
      startedAt,
      endedAt,
      updatedAt,
      userName,
    })
    .from(runs)
    .innerJoin(experiments, and(eq(experiments.workspaceId, runs.workspaceId), eq(experiments.id, runs.experimentId)))
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), isNull(runs.deletedAt), isNull(experiments.deletedAt)))
    .orderBy(desc(runs.startedAt), desc(runs.id))
    .limit(latestRuns);
  return rows.map((row) => ({
    ...row,
    startedAt: new Date(row.startedAt),
    endedAt: row.endedAt === null ? null : new Date(row.endedAt),
  }));
}

async function newestReleases(ctx: Context): Promise<Release[]> {
  const { id, reason, deployedBy, deployedAt } = deployments;
  return ctx.db
    .select({
      id,
      endpoint: endpoints.name,
      modelName: registeredModels.name,
      version: modelVersions.version,
      isReturn,
      reason,
      deployedBy,
      deployedAt,
    })
    .from(deployments)
    .innerJoin(endpoints, eq(endpoints.id, deployments.endpointId))
    .innerJoin(modelVersions, eq(modelVersions.id, deployments.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(eq(deployments.workspaceId, ctx.actor.workspaceId))
    .orderBy(desc(deployments.id))
    .limit(latestReleases);
}
