import { and, eq, sql } from "drizzle-orm";
import { incidentLinks, sloStates, slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { SloDefinition, SloState } from "#server/watch/objectives/contract.ts";
import type { MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";
import { readSeries } from "#server/watch/slo/rollup/read-series.ts";

/** A linked objective with what was counted of it. */
export interface ReadObjective {
  id: string;
  name: string;
  endpointId: string | null;
  target: number;
  counts: MinuteCounts;
  /** Shortest window of its burn-rate alerts, in minutes; null without any. */
  shortMinutes: number | null;
  /** Its state at the worker's last look; null before its first. */
  state: Pick<SloState, "at" | "budget" | "tiers"> | null;
}

/**
 * Reads the objectives that are linked to an incident, with their counts. Excludes those without their own counts, such as
 * composites.
 * @param span milliseconds since 1970
 */
export async function readObjectives(
  ctx: Context,
  incidentId: string,
  span: { from: number; to: number },
): Promise<ReadObjective[]> {
  const ofIncident = and(eq(incidentLinks.kind, "slo"), eq(incidentLinks.incidentId, incidentId));
  const linked = await ctx.db
    .select({ id: incidentLinks.ref })
    .from(incidentLinks)
    .where(and(eq(incidentLinks.workspaceId, ctx.actor.workspaceId), ofIncident));
  return readObjectivesOf(
    ctx,
    linked.map(({ id }) => id),
    span,
  );
}

/** Reads objectives by their ids; as readObjectives. */
export async function readObjectivesOf(
  ctx: Context,
  ids: readonly string[],
  span: { from: number; to: number },
): Promise<ReadObjective[]> {
  if (ids.length === 0) return [];
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .select({
      id: slos.id,
      name: sql<string>`coalesce(nullif(${slos.definition}->>'displayName', ''), ${slos.name})`,
      endpointId: slos.endpointId,
      seriesId: slos.seriesId,
      definition: slos.definition,
      state: sloStates.state,
    })
    .from(slos)
    .leftJoin(sloStates, eq(sloStates.sloId, slos.id))
    .where(and(eq(slos.workspaceId, workspaceId), sql`${slos.id}::text = any(${sql.param([...ids])}::text[])`));
  const found: ReadObjective[] = [];
  for (const { id, name, endpointId, seriesId, definition, state } of rows) {
    const known = SloDefinition.pick({ target: true, rules: true }).safeParse(definition);
    if (!seriesId || !known.success) continue;
    const counts = await readSeries(ctx, seriesId, span);
    const evaluated = SloState.pick({ at: true, budget: true, tiers: true }).safeParse(state);
    const { target, rules } = known.data;
    const windows = rules.tiers.map(({ shortMinutes, longMinutes }) => shortMinutes ?? longMinutes);
    const shortMinutes = windows.length > 0 ? Math.min(...windows) : null;
    found.push({ id, name, endpointId, target, counts, shortMinutes, state: evaluated.data ?? null });
  }
  return found;
}
