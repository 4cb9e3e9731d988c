import type { Context } from "#server/base/context.ts";
import { keepOutcomes } from "#server/release/rollouts/outcomes/keep-outcomes.ts";
import type { EventLocation, PlacedEvent } from "./event-locations.ts";
import { liveEndpointIds } from "./event-locations.ts";

type Fed = PlacedEvent & { value: number } & Pick<EventLocation, "rolloutId">;

/**
 * Passes events to the rollouts that assigned their units, under the name of the KPI: a guardrail or a comparison and the KPI thus count
 * the same events. A unit counts once there, with its last value. In the caller's transaction.
 */
export async function feedRollouts(ctx: Context, name: string, events: readonly Fed[]): Promise<void> {
  const routed = events.filter(({ rolloutId, endpointId }) => rolloutId !== null && endpointId !== null);
  const live = await liveEndpointIds(ctx, [...new Set(routed.flatMap(({ endpointId }) => endpointId ?? []))]);
  for (const [endpointId, own] of Map.groupBy(routed, ({ endpointId }) => endpointId ?? "")) {
    if (!live.has(endpointId)) continue;
    const outcomes = own.map(({ requestId, unit, value, at }) => ({
      ...(requestId === null ? { key: unit as string } : { requestId }),
      name,
      value,
      at,
    }));
    await keepOutcomes(ctx, endpointId, outcomes, new Date());
  }
}
