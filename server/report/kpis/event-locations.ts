import { and, desc, eq, inArray, isNull, lte, sql } from "drizzle-orm";
import { deployments, endpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { attribute } from "#server/release/rollouts/outcomes/attribute.ts";

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
}

interface Logged extends EventLocation {
  requestId: string;
}

/**
 * Finds the version that each event followed: by its request where the log has it; else by its unit, in the arm of the rollout that the
 * unit took part in, or as the version that served its endpoint then. Same order as the events. The caller has checked permissions.
 */
export async function eventLocations(ctx: Context, events: readonly PlacedEvent[]): Promise<EventLocation[]> {
  const byRequest = await byRequests(ctx, events);
  const locations = events.map(({ requestId, endpointId }): EventLocation => {
    const logged = requestId === null ? undefined : byRequest.get(requestId);
    return logged ?? { endpointId, versionId: null, rolloutId: null, arm: null };
  });
  for (const [endpointId, indices] of Map.groupBy(events.keys(), (index) => events[index]?.endpointId ?? "")) {
    const waiting = indices.filter((index) => locations[index]?.versionId === null && events[index]?.unit !== null);
    if (endpointId === "" || waiting.length === 0) continue;
    await placeUnits(ctx, { endpointId, indices: waiting, events, places: locations });
  }
  return locations;
}

async function byRequests(ctx: Context, events: readonly PlacedEvent[]): Promise<Map<string, EventLocation>> {
  const ids = [...new Set(events.flatMap(({ requestId }) => requestId ?? []))];
  if (ids.length === 0) return new Map();
  const { workspaceId, endpoints: allowed } = ctx.actor;
  const ofCaller = allowed ? sql`and endpoints.name = any(${sql.param([...allowed])}::text[])` : sql``;
  const { rows } = await ctx.db.execute<Logged & Record<string, unknown>>(sql`
    select distinct on (logged.request_id) logged.request_id as "requestId", logged.endpoint_id as "endpointId",
      logged.version_id as "versionId", logged.arm, (logged.rollout->>'id')::uuid as "rolloutId"
    from predictions as logged join endpoints on endpoints.id = logged.endpoint_id ${ofCaller}
    where logged.workspace_id = ${workspaceId} and logged.request_id = any(${sql.param(ids)}::text[]) and logged.arm <> 'shadow'
    order by logged.request_id, logged.at, logged.id`);
  return new Map(rows.map(({ requestId, ...location }) => [requestId, location]));
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
  for (const index of indices) {
    const routed = arms.get(index);
    const versionId = routed
      ? (versions.get(routed.rolloutId)?.[routed.arm] ?? null)
      : await servedAt(ctx, endpointId, events[index]?.at ?? now);
    locations[index] = {
      endpointId,
      versionId,
      rolloutId: routed?.rolloutId ?? null,
      arm: versionId === null ? null : (routed?.arm ?? "stable"),
    };
  }
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
