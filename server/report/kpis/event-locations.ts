import { and, desc, eq, inArray, isNull, lte, sql } from "drizzle-orm";
import { deployments, endpoints, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { attribute } from "#server/release/rollouts/outcomes/attribute.ts";

/** Rollouts of an endpoint that are looked through for the one at the time of an event. */
const maxRollouts = 100;

/** Event with the fields that determine its endpoint and version. */
export interface PlacedEvent {
  requestId: string | null;
  unit: string | null;
  /** Name or id is known to the caller; null leaves it to the request. */
  endpointId: string | null;
  at: Date;
}

/** Prediction that an event followed; nulls until it is known. */
export interface EventLocation {
  endpointId: string | null;
  versionId: string | null;
  rolloutId: string | null;
  arm: "stable" | "canary" | "shadow" | null;
  /** What named the version; null while it is not known. */
  foundBy: "sample" | "log" | "unit" | null;
}

interface Logged extends EventLocation {
  requestId: string;
  /** Milliseconds since 1970. */
  at: number;
}

/**
 * Finds the version that each event followed: by its request where the log has it, at the endpoint that the event names; else by its unit,
 * in the arm of the rollout that the unit took part in, or as the version that served its endpoint then. While a rollout divides the
 * traffic, the version of another unit is not known. Same order as the events. The caller has checked permissions.
 */
export async function eventLocations(ctx: Context, events: readonly PlacedEvent[]): Promise<EventLocation[]> {
  const byRequest = await byRequests(ctx, events);
  const locations = events.map(({ requestId, endpointId }): EventLocation => {
    const logged = requestId === null ? undefined : byRequest(requestId, endpointId);
    return logged ?? { endpointId, versionId: null, rolloutId: null, arm: null, foundBy: null };
  });
  for (const [endpointId, indices] of Map.groupBy(events.keys(), (index) => events[index]?.endpointId ?? "")) {
    const waiting = indices.filter((index) => locations[index]?.versionId === null && events[index]?.unit !== null);
    if (endpointId === "" || waiting.length === 0) continue;
    await placeUnits(ctx, { endpointId, indices: waiting, events, places: locations });
  }
  return locations;
}

type FindLogged = (requestId: string, endpointId: string | null) => EventLocation | undefined;

/** Returns how to find the first request with an id, at one endpoint or at any: clients of two endpoints may use the same ids. */
async function byRequests(ctx: Context, events: readonly PlacedEvent[]): Promise<FindLogged> {
  const ids = [...new Set(events.flatMap(({ requestId }) => requestId ?? []))];
  if (ids.length === 0) return () => undefined;
  const { workspaceId, endpoints: allowed } = ctx.actor;
  const ofCaller = allowed ? sql`and endpoints.name = any(${sql.param([...allowed])}::text[])` : sql``;
  const { rows } = await ctx.db.execute<Logged & Record<string, unknown>>(sql`
    select distinct on (logged.request_id, logged.endpoint_id) logged.request_id as "requestId", logged.endpoint_id as "endpointId",
      logged.version_id as "versionId", logged.arm, (logged.rollout->>'id')::uuid as "rolloutId",
      case when logged.logged_reason = 'sampled' then 'sample' else 'log' end as "foundBy",
      (extract(epoch from logged.at) * 1000)::float8 as at
    from predictions as logged join endpoints on endpoints.id = logged.endpoint_id ${ofCaller}
    where logged.workspace_id = ${workspaceId} and logged.request_id = any(${sql.param(ids)}::text[]) and logged.arm <> 'shadow'
    order by logged.request_id, logged.endpoint_id, logged.at, logged.id`);
  const found = new Map<string, EventLocation>();
  for (const { requestId, at: _, ...location } of rows.toSorted((one, other) => one.at - other.at)) {
    const keys = [JSON.stringify([requestId, location.endpointId]), JSON.stringify([requestId, null])];
    for (const key of keys) if (!found.has(key)) found.set(key, location);
  }
  return (requestId, endpointId) => found.get(JSON.stringify([requestId, endpointId]));
}

interface Units {
  endpointId: string;
  indices: number[];
  events: readonly PlacedEvent[];
  places: EventLocation[];
}

async function placeUnits(ctx: Context, { endpointId, indices, events, places: locations }: Units): Promise<void> {
  const now = new Date();
  // The name of an outcome is not evaluated there: here it identifies the event.
  const outcomes = indices.map((index) => {
    return { key: events[index]?.unit as string, name: String(index), at: events[index]?.at ?? now };
  });
  const { attributed } = await attribute(ctx, endpointId, outcomes, now);
  const arms = new Map(attributed.map(({ name, rolloutId, arm }) => [Number(name), { rolloutId, arm }]));
  const versions = await armVersions(ctx, [...new Set(attributed.map(({ rolloutId }) => rolloutId))]);
  const divided = await dividedTraffic(ctx, endpointId);
  for (const index of indices) {
    const routed = arms.get(index);
    const at = events[index]?.at ?? now;
    const served = routed ? null : await servedAt(ctx, endpointId, at);
    const versionId = routed
      ? (versions.get(routed.rolloutId)?.[routed.arm] ?? null)
      : divided.some((rollout) => isDividedAt(rollout, served, at))
        ? null
        : served;
    locations[index] = {
      endpointId,
      versionId,
      rolloutId: routed?.rolloutId ?? null,
      arm: versionId === null ? null : (routed?.arm ?? "stable"),
      foundBy: versionId === null ? null : "unit",
    };
  }
}

type DividedTraffic = Pick<typeof rollouts.$inferSelect, "stableVersionId" | "createdAt" | "endedAt">;

/** Lists when rollouts divided the traffic of an endpoint. */
function dividedTraffic(ctx: Context, endpointId: string): Promise<DividedTraffic[]> {
  const { stableVersionId, createdAt, endedAt } = rollouts;
  return ctx.db
    .select({ stableVersionId, createdAt, endedAt })
    .from(rollouts)
    .where(and(eq(rollouts.workspaceId, ctx.actor.workspaceId), eq(rollouts.endpointId, endpointId)))
    .orderBy(desc(createdAt))
    .limit(maxRollouts);
}

/** Whether a rollout divided the traffic at a time: until its new version was promoted, which deploys it, or it was rolled back. */
function isDividedAt(
  { stableVersionId, createdAt, endedAt }: DividedTraffic,
  served: string | null,
  at: Date,
): boolean {
  return createdAt <= at && (endedAt === null || at <= endedAt) && served === stableVersionId;
}

async function armVersions(ctx: Context, ids: string[]): Promise<Map<string, { stable: string; canary: string }>> {
  if (ids.length === 0) return new Map();
  const { rows } = await ctx.db.execute<{ id: string; stable: string; canary: string }>(sql`
    select id, stable_version_id as stable, canary_version_id as canary from rollouts
    where workspace_id = ${ctx.actor.workspaceId} and id = any(${sql.param(ids)}::uuid[])`);
  return new Map(rows.map(({ id, ...versions }) => [id, versions]));
}

async function servedAt(ctx: Context, endpointId: string, at: Date): Promise<string | null> {
  const [row] = await ctx.db
    .select({ versionId: deployments.versionId })
    .from(deployments)
    .where(
      and(
        eq(deployments.workspaceId, ctx.actor.workspaceId),
        eq(deployments.endpointId, endpointId),
        lte(deployments.deployedAt, at),
      ),
    )
    .orderBy(desc(deployments.id))
    .limit(1);
  return row?.versionId ?? null;
}

/** Returns which of these endpoints still accept outcomes of their predictions. */
export async function liveEndpointIds(ctx: Context, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await ctx.db
    .select({ id: endpoints.id })
    .from(endpoints)
    .where(
      and(
        eq(endpoints.workspaceId, ctx.actor.workspaceId),
        inArray(endpoints.id, [...ids]),
        isNull(endpoints.archivedAt),
      ),
    );
  return new Set(rows.map(({ id }) => id));
}
