import type { Context } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import type { Span } from "#server/base/span.ts";
import type { SloDefinition, SloState } from "../../objectives/contract.ts";
import { budgetCourse } from "../engine/budget-course.ts";
import { knownUntil } from "../engine/events.ts";
import { periodAt } from "../engine/periods.ts";
import { completeSince } from "../indicators/log-retention.ts";
import { emptyMinutes } from "../indicators/minute-counts.ts";
import { pendingOf } from "../indicators/pending-of.ts";
import { isCountable } from "../indicators/read-source.ts";
import { readSeries } from "../rollup/read-series.ts";
import type { SeriesMemory } from "../rollup/series-memory.ts";
import { endOfMinute, readCompositeState, readState } from "./read-state.ts";
import { readParts, type StoredPart, type StoredSlo } from "./slo-rows.ts";

/** Counts that are older say nothing about now. */
const staleMs = 2 * minuteMs;
/** The small chart changes slowly and needs twice the period. */
const sparkEveryMs = 10 * minuteMs;
const sparkPoints = 60;

interface SloReading {
  state: SloState;
  /** Whether its counts are too old for the present. */
  isStale: boolean;
  /** Whether nothing is left that it counts: all its components are archived. */
  isOver: boolean;
}

/** Reads the state of an SLO. Archived components are counted no more and are left out. @param now milliseconds since 1970 */
export async function readNow(ctx: Context, slo: StoredSlo, memory: SeriesMemory, now: number): Promise<SloReading> {
  const { definition } = slo;
  if (definition.composite) {
    const parts = await readParts(
      ctx,
      definition.composite.parts.map(({ sloId }) => sloId),
    );
    const counted = [];
    const live = parts.filter(({ isArchived }) => !isArchived);
    if (live.length === 0 && slo.before) {
      const words = ["All components of this SLO are archived. Choose other components, or archive the SLO."];
      return { state: { ...slo.before, at: now, words }, isStale: false, isOver: true };
    }
    for (const part of parts) {
      // Read through the composite's windows too.
      const rules = { ...definition.rules, tiers: [...definition.rules.tiers, ...part.definition.rules.tiers] };
      const counts = await countsOf(ctx, { ...part, definition: { ...part.definition, rules } }, memory, now);
      counted.push({ ...part, sloId: part.id, counts });
    }
    const isStale = live.some((part) => isStaleAt(part, now));
    const state = readCompositeState(definition, counted, { now, spark: slo.before?.spark ?? [] });
    return { state, isStale, isOver: false };
  }
  const counts = await countsOf(ctx, slo, memory, now);
  const counted = { counts, definition, now, adjustments: slo.adjustments };
  const pending = await pendingNow(ctx, slo, now);
  const { approximateUntil } = slo;
  const spark = await sparkOf(ctx, slo, now);
  const isDeleted = await isDeletedAt(ctx, definition, now);
  const trafficExpectedFrom = trafficExpectedFromOf(slo);
  const state = readState(counted, { pending, approximateUntil, isDeleted, spark, trafficExpectedFrom });
  return { state, isStale: isStaleAt(slo, now), isOver: false };
}

/** Returns the time from which missing traffic means something, in milliseconds since 1970: never while the endpoint is unloaded. */
function trafficExpectedFromOf({ isUnloaded, loadedAt }: StoredSlo): number {
  return isUnloaded ? Number.POSITIVE_INFINITY : (loadedAt ?? 0);
}

async function isDeletedAt(ctx: Context, definition: SloDefinition, now: number): Promise<boolean> {
  const { indicator } = definition;
  if (!indicator || !("maturityMs" in indicator)) return false;
  const [since = 0] = await completeSince(ctx.db, [indicator], now);
  return since > knownUntil(definition, now);
}

/** Returns the number of pending predictions, refreshed once a minute: days of predictions may be pending. */
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

/** Whether counts from a source are overdue: the source did not respond, or the worker has just started. */
function isStaleAt({ definition, countedUntil }: StoredPart | StoredSlo, now: number): boolean {
  if (!definition.indicator || !isCountable(definition.indicator)) return false;
  return countedUntil === null || countedUntil < now - staleMs;
}

async function sparkOf(ctx: Context, slo: StoredSlo, now: number): Promise<SloState["spark"]> {
  const { before, definition, seriesId } = slo;
  // Staggers the updates, so that one evaluation does not update all SLOs.
  const offset = Number.parseInt(slo.id.slice(0, 6), 16) % sparkEveryMs;
  const turnOf = (at: number) => Math.floor((at + offset) / sparkEveryMs);
  if (before && before.spark.length > 0 && turnOf(before.at) === turnOf(now)) return before.spark;
  if (!seriesId) return [];
  const { start, earliest } = sparkSpan(definition, now);
  const counts = await readSeries(ctx, seriesId, { from: earliest, to: endOfMinute(now) });
  const counted = { counts, definition, now, adjustments: slo.adjustments };
  return budgetCourse(counted, sparkPoints, start).map(({ remaining }) => remaining);
}

/** Returns the time span of the small chart. A rolling budget at its start covers one more period. */
function sparkSpan({ rules, ...definition }: SloDefinition, now: number) {
  const only = { ...definition, rules: { ...rules, tiers: [], absent: null } };
  const { from: start } = neededSpan(only, endOfMinute(now));
  return { start, earliest: definition.period.kind === "rolling" ? neededSpan(only, start).from : start };
}

/** Lookback for absence, which compares with the same minutes of four weeks over at most one day. */
const absenceMs = 29 * dayMs;

/**
 * Returns the minutes that a reading of an SLO needs: its period, the longest window of its rules, and four weeks if absence is
 * monitored.
 * @param end of the last minute, which may be in progress; milliseconds since 1970
 */
function neededSpan(definition: SloDefinition, end: number): Span {
  const at = knownUntil(definition, end);
  const { tiers, absent } = definition.rules;
  const longest = Math.max(0, ...tiers.map(({ longMinutes, forMinutes }) => longMinutes + forMinutes)) * minuteMs;
  const from = Math.min(periodAt(definition.period, at).start, at - longest, absent ? at - absenceMs : at);
  return { from: Math.floor(from / minuteMs) * minuteMs, to: end };
}
