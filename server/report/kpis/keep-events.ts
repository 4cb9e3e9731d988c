import { and, eq, inArray, like, ne, not, sql } from "drizzle-orm";
import { kpiEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { type EventLocation, eventLocations, type PlacedEvent } from "./event-locations.ts";

/** An event that is ready to be kept. */
export interface ReadyEvent extends PlacedEvent {
  eventId: string;
  /** Its id was given by the caller: it is one of perhaps several of its request, and is never corrected. */
  isNamed: boolean;
  value: number;
}

type Row = typeof kpiEvents.$inferInsert;

/** The id of an event that has none: it counts once per request or unit, whoever posts it. */
export function unnamedId({ requestId, unit }: Pick<PlacedEvent, "requestId" | "unit">): string {
  return `of ${requestId ?? unit}`;
}

/**
 * Keeps events of a KPI, each told to the version that it followed where that is known. The same id again changes nothing; without an id of
 * its own another value takes the place of the earlier one. In the caller's transaction; for who was let in already.
 * @returns the events as they were kept, and how many were new
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

/** Requests that events with ids of their own follow: what is told of them once more without an id would count twice. */
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

/** One id twice in a batch: the last one counts. In one order, so that two batches wait for each other rather than end each other. */
function latestPerKey(events: readonly ReadyEvent[]): ReadyEvent[] {
  const last = new Map(events.map((event) => [event.eventId, event]));
  return [...last.values()].toSorted((one, other) => (one.eventId < other.eventId ? -1 : 1));
}

/** @returns how many were new */
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
