import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { type KpiEvent, type RecordedKpiEvents, RecordKpiEvents } from "./contract.ts";
import { feedRollouts } from "./feed-rollouts.ts";
import { keepEvents, type ReadyEvent, unnamedId } from "./keep-events.ts";
import { findLiveKpi } from "./kpi-rows.ts";

/**
 * Stores events that followed predictions, and passes them to the rollouts that assigned them. A repeated id changes nothing; without an
 * id an event counts once per request or unit, and another value replaces the earlier one. Events may arrive late, or before their
 * prediction: then they are attributed to its version once it is known. @throws DomainError "not-found", "conflict", "invalid"
 */
export async function recordKpiEvents(ctx: Context, input: RecordKpiEvents): Promise<RecordedKpiEvents> {
  permit(ctx, "recordKpiEvents");
  const { kpi, events } = RecordKpiEvents.parse(input);
  const now = new Date();
  return transact(ctx, async (ctx) => {
    const { id: kpiId, name } = await findLiveKpi(ctx, kpi);
    const { rows, added } = await keepEvents(ctx, kpiId, await readyEvents(ctx, events, now));
    await feedRollouts(ctx, name, rows);
    return { added, repeated: rows.length - added, waiting: rows.filter(({ versionId }) => versionId === null).length };
  });
}

async function readyEvents(ctx: Context, events: readonly KpiEvent[], now: Date): Promise<ReadyEvent[]> {
  const ids = new Map<string, string>();
  for (const name of new Set(events.flatMap(({ endpoint }) => endpoint ?? [])))
    ids.set(name, (await findEndpoint(ctx, name)).id);
  return events.map(({ id, requestId = null, unit = null, endpoint, value, at = now }, index) => {
    if (requestId === null && endpoint === undefined) {
      const words = "Specify the endpoint: the model cannot be determined from a unit alone.";
      throw new DomainError("invalid", words, { field: `events.${index}.endpoint` });
    }
    const endpointId = endpoint === undefined ? null : (ids.get(endpoint) ?? null);
    const eventId = id ?? unnamedId({ requestId, unit });
    return { eventId, isNamed: id !== undefined, requestId, unit, endpointId, value, at };
  });
}
