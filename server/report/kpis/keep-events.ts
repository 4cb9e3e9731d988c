import { and, eq, inArray, like, ne, not, sql } from "drizzle-orm";
import { kpiEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { type EventLocation, eventLocations, type PlacedEvent } from "./event-locations.ts";

/** Event that is ready to be stored. */
export interface ReadyEvent extends PlacedEvent {
  eventId: string;
  /** Whether the caller specified its id: it may be one of several of its request, and is never corrected. */
  isNamed: boolean;
  value: number;
}

type Row = typeof kpiEvents.$inferInsert;

/** Returns the id of an event without one: it counts once per request or unit, regardless of the sender. */
export function unnamedId({ requestId, unit }: Pick<PlacedEvent, "requestId" | "unit">): string {
  return `of ${requestId ?? unit}`;
}

/**
 * Stores events of a KPI, each attributed to the version that it followed where that is known. A repeated id changes nothing; without
 * an id another value replaces the earlier one. In the caller's transaction; the caller has checked permissions.
 * @returns the events as stored, and the number of new ones
 */
export async function keepEvents(ctx: Context, kpiId: string, events: readonly ReadyEvent[]) {
  const ready = latestPerKey(events);
  const locations = await eventLocations(ctx, ready);
  const placed = ready.map(({ isNamed, ...event }, index) => ({
    isNamed,
    row: { workspaceId: ctx.actor.workspaceId, kpiId, ...event, ...(locations[index] as EventLocation) },
  }));
  const { named = [], unnamed = [] } = Object.groupBy(placed, ({ isNamed }) => (isNamed ? "named" : "unnamed"));
  const rowsOf = (of: typeof placed) => of.map(({ row }) => row);
  const added = (await store(ctx, rowsOf(named), false)) + (await store(ctx, rowsOf(unnamed), true));
  return { rows: rowsOf(placed), added };
}

/** Returns the requests followed by events with ids: an event without an id about one of them would count twice. */
export async function requestsWithNamedEvents(
  ctx: Context,
  kpiId: string,
  requestIds: readonly string[],
): Promise<Set<string>> {
  if (requestIds.length === 0) return new Set();
  const { requestId, eventId } = kpiEvents;
  const rows = await ctx.db
    .select({ requestId })
    .from(kpiEvents)
    .where(
      and(
        eq(kpiEvents.workspaceId, ctx.actor.workspaceId),
        eq(kpiEvents.kpiId, kpiId),
        inArray(requestId, [...requestIds]),
        not(like(eventId, "of %")),
      ),
    );
  return new Set(rows.flatMap((row) => row.requestId ?? []));
}

/** Keeps the last event of each id in a batch. In one order, which prevents deadlocks between two batches. */
function latestPerKey(events: readonly ReadyEvent[]): ReadyEvent[] {
  const last = new Map(events.map((event) => [event.eventId, event]));
  return [...last.values()].toSorted((one, other) => (one.eventId < other.eventId ? -1 : 1));
}

/** @returns the number of new events */
async function store(ctx: Context, rows: Row[], corrects: boolean): Promise<number> {
  if (rows.length === 0) return 0;
  const target = [kpiEvents.workspaceId, kpiEvents.kpiId, kpiEvents.eventId];
  const insert = ctx.db.insert(kpiEvents).values(rows);
  const kept = corrects
    ? insert.onConflictDoUpdate({
        target,
        set: { value: sql`excluded.value`, at: sql`excluded.at` },
        setWhere: ne(kpiEvents.value, sql`excluded.value`),
      })
    : insert.onConflictDoNothing({ target });
  // A row that was inserted has no transaction that updated it.
  const changed = await kept.returning({ isNew: sql<boolean>`xmax = 0` });
  return changed.filter(({ isNew }) => isNew).length;
}
