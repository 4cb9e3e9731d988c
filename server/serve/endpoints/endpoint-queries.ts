import { and, asc, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import { endpoints, gatewayHeartbeats } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { settingsOf } from "../execution/settings-of.ts";
import { GatewayState, type GatewayView } from "../gateways/contract.ts";
import type { EndpointDetails, EndpointSummary, ServingState } from "./contract.ts";
import { currentDeployments, deploymentHistory } from "./deployment-rows.ts";
import { GetEndpoint, ListEndpoints } from "./input-contract.ts";
import { findEndpoint } from "./lookups.ts";
import { lastHourRates, noTraffic, recentTraffic } from "./recent-traffic.ts";
import { servingState } from "./serving-state.ts";

const historyLength = 50;

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
        ctx.actor.endpoints ? inArray(endpoints.name, [...ctx.actor.endpoints]) : undefined,
        withArchived ? undefined : isNull(endpoints.archivedAt),
        after === undefined ? undefined : gt(endpoints.name, after),
      ),
    )
    .orderBy(asc(endpoints.name))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const ids = page.map((row) => row.id);
  const [currentOf, recent] = [await currentDeployments(ctx, ids), await recentTraffic(ctx, ids)];
  const lastHour = await lastHourRates(ctx, ids);
  const gateways = await liveGateways(ctx);
  const summaries = page.map(({ workspaceId, ...row }) => {
    const current = currentOf.get(row.id) ?? null;
    const own = onlyOf(gateways, row.id);
    return {
      ...row,
      execution: settingsOf(row.execution),
      current,
      serving: servingState({ ...row, current }, own),
      gateways: { ready: own.filter((gateway) => answersWith(gateway, current?.versionId)).length, total: own.length },
      recent: recent.get(row.id) ?? noTraffic,
      lastHour: lastHour.get(row.id) ?? [],
    };
  });
  const last = page.at(-1);
  return rows.length > limit && last ? { endpoints: summaries, next: last.name } : { endpoints: summaries };
}

/** Returns one endpoint with its last 50 deployments and the gateways that know its versions. @throws DomainError "not-found" */
export async function getEndpoint(ctx: Context, input: GetEndpoint): Promise<EndpointDetails> {
  permit(ctx, "getEndpoint");
  const { workspaceId, ...row } = await findEndpoint(ctx, GetEndpoint.parse(input).name);
  const history = await deploymentHistory(ctx, row.id, historyLength);
  const current = history[0] ?? null;
  const gateways = onlyOf(await liveGateways(ctx), row.id);
  const execution = settingsOf(row.execution);
  return { ...row, execution, current, history, gateways, serving: servingState({ ...row, current }, gateways) };
}

/** Lists the names of endpoints that are not archived, for menus: the first 500 by name. */
export async function listEndpointNames(ctx: Context): Promise<string[]> {
  permit(ctx, "listEndpoints");
  const rows = await ctx.db
    .select({ name: endpoints.name })
    .from(endpoints)
    .where(
      and(
        eq(endpoints.workspaceId, ctx.actor.workspaceId),
        ctx.actor.endpoints ? inArray(endpoints.name, [...ctx.actor.endpoints]) : undefined,
        isNull(endpoints.archivedAt),
      ),
    )
    .orderBy(asc(endpoints.name))
    .limit(500);
  return rows.map(({ name }) => name);
}

/** Returns whether endpoints of the workspace serve, by their ids: what lists show without the numbers of their traffic. */
export async function servingStates(ctx: Context, ids: readonly string[]): Promise<Map<string, ServingState>> {
  permit(ctx, "listEndpoints");
  if (ids.length === 0) return new Map();
  const { id, archivedAt, unloadedAt } = endpoints;
  const rows = await ctx.db
    .select({ id, archivedAt, unloadedAt })
    .from(endpoints)
    .where(and(eq(endpoints.workspaceId, ctx.actor.workspaceId), inArray(id, [...ids])));
  const currentOf = await currentDeployments(ctx, [...ids]);
  const gateways = await liveGateways(ctx);
  return new Map(
    rows.map((row) => {
      const current = currentOf.get(row.id) ?? null;
      return [row.id, servingState({ ...row, current }, onlyOf(gateways, row.id))];
    }),
  );
}

/** Returns every gateway with a heartbeat in the last 30 s, with all versions that it has loaded. */
export async function liveGateways(ctx: Context): Promise<GatewayView[]> {
  const rows = await ctx.db
    .select()
    .from(gatewayHeartbeats)
    .where(gt(gatewayHeartbeats.seenAt, sql`now() - interval '30 seconds'`))
    .orderBy(asc(gatewayHeartbeats.gatewayId));
  return rows.flatMap(({ state, ...row }) => {
    // A gateway of another release may tell its state in other words; then nothing is known of it.
    const { data } = GatewayState.safeParse(state);
    return data ? [{ ...row, ...data }] : [];
  });
}

function answersWith({ versions }: GatewayView, versionId: string | undefined): boolean {
  return versions.some((version) => version.versionId === versionId && version.state === "ready");
}

function onlyOf(gateways: GatewayView[], endpointId: string): GatewayView[] {
  return gateways.map((gateway) => ({
    ...gateway,
    versions: gateway.versions.filter((version) => version.endpointId === endpointId),
  }));
}
