import { receiveAlerts } from "#server/alerts/receive-alerts.ts";
import { type Context, transact } from "#server/context.ts";
import { publish } from "#server/events/publish.ts";
import { permit } from "#server/identity/permit.ts";
import { teamOf } from "#server/oncall/teams/team-of.ts";
import type { SloDefinition, SloState } from "../contract.ts";
import { budgetCourse } from "../engine/budget-course.ts";
import { emptyMinutes } from "../indicators/minute-counts.ts";
import { pendingOf } from "../indicators/pending-of.ts";
import { isCountable } from "../indicators/read-source.ts";
import { minuteMs } from "../indicators/source.ts";
import { readSeries } from "../rollup/read-series.ts";
import type { SeriesMemory } from "../rollup/series-memory.ts";
import { neededSpan } from "./needed-span.ts";
import { endOfMinute, readCompositeState, readState } from "./read-state.ts";
import { lockSlo, readParts, type StoredPart, type StoredSlo, writeLook } from "./slo-rows.ts";
import { stepParts } from "./step-parts.ts";

/** Another worker may have looked since this one found it due. */
const leastGapMs = 5_000;
/** Counts that are older say nothing about now. */
const staleMs = 2 * minuteMs;
/** The small chart changes slowly and needs twice the period. */
const sparkEveryMs = 10 * minuteMs;
const sparkPoints = 60;

/**
 * Looks at an SLO once: reads what was counted, keeps how it stands, steps its rules and tells of what began or ended, all in one
 * transaction. Nothing happens while somebody else looks at it or changes it. @param now milliseconds since 1970
 */
export async function evaluateSlo(ctx: Context, sloId: string, { memory, now }: { memory: SeriesMemory; now: number }) {
  permit(ctx, "evaluateSlo");
  await transact(ctx, async (ctx) => {
    const slo = await lockSlo(ctx, sloId);
    if (!slo || (slo.evaluatedAt !== null && Math.abs(now - slo.evaluatedAt) < leastGapMs)) return;
    // Another worker counts it for the first time just now: nothing is known before.
    if (!slo.before && isUncounted(slo)) return;
    const { state, isStale } = await readNow(ctx, slo, memory, now);
    const isSilent = slo.isPaused || slo.isArchived;
    const owned = await withTeam(ctx, slo, state);
    const { standings, alerts } = stepParts(owned, state, isSilent ? "silent" : isStale ? "stale" : "known");
    await writeLook(ctx, slo, state, standings);
    if (alerts.length > 0) await receiveAlerts(ctx, alerts, { source: "leeway", ruleKey: `slo:${slo.id}`, now });
    if (alerts.length > 0 || shownOf(state) !== shownOf(slo.before)) await publish(ctx, "slo", slo.id);
  });
}

/** An SLO without a team of its own has that of its endpoint; asked only where there may be something to tell. */
async function withTeam(ctx: Context, slo: StoredSlo, { tiers, absent }: SloState): Promise<StoredSlo> {
  const isQuiet = !absent?.isAbsent && !tiers.some(({ isFiring }) => isFiring);
  if (slo.team !== null || slo.endpointId === null || isQuiet) return slo;
  return { ...slo, team: (await teamOf(ctx, { endpointId: slo.endpointId }))?.name ?? null };
}

async function readNow(ctx: Context, slo: StoredSlo, memory: SeriesMemory, now: number) {
  const { definition } = slo;
  if (definition.composite) {
    const parts = await readParts(
      ctx,
      definition.composite.parts.map(({ sloId }) => sloId),
    );
    const counted = [];
    for (const part of parts) {
      // Read through the composite's windows too.
      const rules = { ...definition.rules, tiers: [...definition.rules.tiers, ...part.definition.rules.tiers] };
      const counts = await countsOf(ctx, { ...part, definition: { ...part.definition, rules } }, memory, now);
      counted.push({ ...part, sloId: part.id, counts });
    }
    const isStale = parts.some((part) => isStaleAt(part, now));
    return { state: readCompositeState(definition, counted, { now, spark: slo.before?.spark ?? [] }), isStale };
  }
  const counts = await countsOf(ctx, slo, memory, now);
  const counted = { counts, definition, now, adjustments: slo.adjustments };
  const pending = await pendingNow(ctx, slo, now);
  const { approximateUntil } = slo;
  const spark = await sparkOf(ctx, slo, now);
  return { state: readState(counted, { pending, approximateUntil, spark }), isStale: isStaleAt(slo, now) };
}

/** Counted afresh once a minute: days of predictions may wait. */
function pendingNow(
  ctx: Context,
  { before, definition }: StoredSlo,
  now: number,
): number | null | Promise<number | null> {
  const turnOf = (at: number) => Math.floor(at / minuteMs);
  if (before && before.pending !== null && turnOf(before.at) === turnOf(now)) return before.pending;
  return definition.indicator && pendingOf(ctx, definition.indicator);
}

function countsOf(
  ctx: Context,
  { definition, seriesId, revision }: StoredPart | StoredSlo,
  memory: SeriesMemory,
  now: number,
) {
  const span = neededSpan(definition, endOfMinute(now));
  return seriesId ? memory.read(ctx.db, { seriesId, revision, span }) : emptyMinutes(span);
}

function isUncounted({ definition, countedUntil }: StoredSlo): boolean {
  return definition.indicator !== null && isCountable(definition.indicator) && countedUntil === null;
}

/** Whether what is counted from a source has not been for a while: the source did not answer, or the worker has just begun. */
function isStaleAt({ definition, countedUntil }: StoredPart | StoredSlo, now: number): boolean {
  if (!definition.indicator || !isCountable(definition.indicator)) return false;
  return countedUntil === null || countedUntil < now - staleMs;
}

async function sparkOf(ctx: Context, slo: StoredSlo, now: number): Promise<SloState["spark"]> {
  const { before, definition, seriesId } = slo;
  // Not those of all SLOs in one look.
  const offset = Number.parseInt(slo.id.slice(0, 6), 16) % sparkEveryMs;
  const turnOf = (at: number) => Math.floor((at + offset) / sparkEveryMs);
  if (before && before.spark.length > 0 && turnOf(before.at) === turnOf(now)) return before.spark;
  if (!seriesId) return [];
  const { start, earliest } = sparkSpan(definition, now);
  const counts = await readSeries(ctx, seriesId, { from: earliest, to: endOfMinute(now) });
  const counted = { counts, definition, now, adjustments: slo.adjustments };
  return budgetCourse(counted, sparkPoints, start).map(({ remaining }) => remaining);
}

/** A rolling budget at the start of its chart looks back over one more period. */
function sparkSpan({ rules, ...definition }: SloDefinition, now: number) {
  const only = { ...definition, rules: { ...rules, tiers: [], absent: null } };
  const { from: start } = neededSpan(only, endOfMinute(now));
  return { start, earliest: definition.period.kind === "rolling" ? neededSpan(only, start).from : start };
}

/** What people see of a state. */
function shownOf(state: SloState | null): string {
  if (!state) return "";
  const { words, budget, tiers, pending, spark } = state;
  return JSON.stringify([words, budget.band, tiers.map(({ isFiring }) => isFiring), pending, spark]);
}
