import { ne, sql } from "drizzle-orm";
import { kpiEvents } from "#db/schema/index.ts";
import { type Context, transact } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import { permit } from "#server/identity/permit.ts";
import { findEndpoint } from "#server/serving/lookups.ts";
import { type KpiEvent, type RecordedKpiEvents, RecordKpiEvents } from "./contract.ts";
import { type EventPlace, eventPlaces, type PlacedEvent } from "./event-places.ts";
import { feedRollouts } from "./feed-rollouts.ts";
import { findLiveKpi } from "./kpi-rows.ts";

type Ready = PlacedEvent & Pick<KpiEvent, "value"> & { eventId: string; isNamed: boolean };

/**
 * Keeps events that followed predictions, and tells the rollouts that assigned them. The same id again changes nothing; without an id an
 * event counts once per request or unit, and another value takes the place of the earlier one. Events may come late, or before their
 * prediction: they wait, and are told to its version when it is known. @throws DomainError "not-found", "conflict", "invalid"
 */
export async function recordKpiEvents(ctx: Context, input: RecordKpiEvents): Promise<RecordedKpiEvents> {
  permit(ctx, "recordKpiEvents");
  const { kpi, events } = RecordKpiEvents.parse(input);
  const now = new Date();
  return transact(ctx, async (ctx) => {
    const { id: kpiId, name } = await findLiveKpi(ctx, kpi);
    const ready = lastOfEach(await readyEvents(ctx, events, now));
    const places = await eventPlaces(ctx, ready);
    const rows = ready.map(({ isNamed, ...event }, index) => {
      return { workspaceId: ctx.actor.workspaceId, kpiId, ...event, ...(places[index] as EventPlace) };
    });
    const isNamed = (index: number) => ready[index]?.isNamed === true;
    const added =
      (await keep(
        ctx,
        rows.filter((_, index) => isNamed(index)),
        false,
      )) +
      (await keep(
        ctx,
        rows.filter((_, index) => !isNamed(index)),
        true,
      ));
    await feedRollouts(ctx, name, rows);
    return { added, repeated: rows.length - added, waiting: rows.filter(({ versionId }) => versionId === null).length };
  });
}

async function readyEvents(ctx: Context, events: readonly KpiEvent[], now: Date): Promise<Ready[]> {
  const ids = new Map<string, string>();
  for (const name of new Set(events.flatMap(({ endpoint }) => endpoint ?? [])))
    ids.set(name, (await findEndpoint(ctx, name)).id);
  return events.map(({ id, requestId = null, unit = null, endpoint, value, at = now }, index) => {
    if (requestId === null && endpoint === undefined) {
      const words = "Name the endpoint that the unit asked: by a unit alone nobody knows which model it was.";
      throw new DomainError("invalid", words, { field: `events.${index}.endpoint` });
    }
    const endpointId = endpoint === undefined ? null : (ids.get(endpoint) ?? null);
    const eventId = id ?? `of ${requestId ?? unit}`;
    return { eventId, isNamed: id !== undefined, requestId, unit, endpointId, value, at };
  });
}

/** One id twice in a batch: the last one counts. In one order, so that two batches wait for each other rather than end each other. */
function lastOfEach(events: readonly Ready[]): Ready[] {
  const last = new Map(events.map((event) => [event.eventId, event]));
  return [...last.values()].toSorted((one, other) => (one.eventId < other.eventId ? -1 : 1));
}

type Row = typeof kpiEvents.$inferInsert;

/** @returns how many were new */
async function keep(ctx: Context, rows: Row[], corrects: boolean): Promise<number> {
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
