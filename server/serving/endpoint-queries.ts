import { and, asc, eq, gt, isNull, sql } from "drizzle-orm";
import { endpoints, gatewayHeartbeats } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import {
  type EndpointDetails,
  type EndpointSummary,
  GatewayState,
  type GatewayView,
  GetEndpoint,
  ListEndpoints,
  type RecentTraffic,
  windowSeconds,
} from "./contract.ts";
import { currentDeployments, deploymentHistory } from "./deployment-rows.ts";
import { findEndpoint } from "./lookups.ts";
import { describeSum, sumWindows } from "./window-sums.ts";

const historyLength = 50;
const recentSeconds = 300;
const noTraffic: RecentTraffic = { requestsPerSecond: null, errorShare: null, latencyMsP95: null };

/**
 * Endpoints by name, with what serves and the numbers of the last five minutes.
 * @returns `next`, the `after` of the following page; undefined at the end.
 */
export async function listEndpoints(
  ctx: Context,
  input: ListEndpoints = {},
): Promise<{ endpoints: EndpointSummary[]; next?: string }> {
  permit(ctx, "listEndpoints");
  const { withArchived, limit, after } = ListEndpoints.parse(input);
  const rows = await ctx.db
    .select()
    .from(endpoints)
    .where(
      and(
        eq(endpoints.workspaceId, ctx.actor.workspaceId),
        withArchived ? undefined : isNull(endpoints.archivedAt),
        after === undefined ? undefined : gt(endpoints.name, after),
      ),
    )
    .orderBy(asc(endpoints.name))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const ids = page.map((row) => row.id);
  const [current, recent] = [await currentDeployments(ctx, ids), await recentTraffic(ctx, ids)];
  const summaries = page.map(({ workspaceId, ...row }) => ({
    ...row,
    current: current.get(row.id) ?? null,
    recent: recent.get(row.id) ?? noTraffic,
  }));
  const last = page.at(-1);
  return rows.length > limit && last ? { endpoints: summaries, next: last.name } : { endpoints: summaries };
}

/** One endpoint with its last 50 deployments and the gateways that know its versions. @throws DomainError "not-found" */
export async function getEndpoint(ctx: Context, input: GetEndpoint): Promise<EndpointDetails> {
  permit(ctx, "getEndpoint");
  const { workspaceId, ...row } = await findEndpoint(ctx, GetEndpoint.parse(input).name);
  const history = await deploymentHistory(ctx, row.id, historyLength);
  return { ...row, current: history[0] ?? null, history, gateways: await gatewaysOf(ctx, row.id) };
}

async function recentTraffic(ctx: Context, ids: string[]): Promise<Map<string, RecentTraffic>> {
  if (ids.length === 0) return new Map();
  const where = sql`endpoint_id = any(${sql.param(ids)}::uuid[]) and arm <> 'shadow'
    and window_start >= now() - make_interval(secs => ${recentSeconds + windowSeconds})
    and window_start < now() - make_interval(secs => ${windowSeconds})`;
  const sums = await sumWindows<string>(ctx, where, sql`to_jsonb(endpoint_id)`);
  return new Map(
    sums.map((sum) => {
      const { requests, requestsPerSecond, serverErrors, latencyMsP95 } = describeSum(sum);
      return [sum.key, { requestsPerSecond, errorShare: requests > 0 ? serverErrors / requests : null, latencyMsP95 }];
    }),
  );
}

async function gatewaysOf(ctx: Context, endpointId: string): Promise<GatewayView[]> {
  const rows = await ctx.db
    .select()
    .from(gatewayHeartbeats)
    .where(gt(gatewayHeartbeats.seenAt, sql`now() - interval '30 seconds'`))
    .orderBy(asc(gatewayHeartbeats.gatewayId));
  return rows.map(({ state, ...row }) => {
    const { isDraining, versions } = GatewayState.parse(state);
    return { ...row, isDraining, versions: versions.filter((version) => version.endpointId === endpointId) };
  });
}
