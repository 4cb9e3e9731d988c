import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { modelVersions, registeredModels, slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import type { Indicator, MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";
import { type StoredSlo, selectSlos } from "#server/watch/objectives/stored-slos.ts";
import { countSlo } from "#server/watch/slo/counting/count-slo.ts";
import { countIndicator } from "#server/watch/slo/indicators/count-indicator.ts";
import { readSeriesByVersion } from "#server/watch/slo/rollup/read-series.ts";
import type { TriageNumbers } from "./contract.ts";
import { badNoun, lineOf, newest, sumFrom } from "./minutes.ts";
import { readGlance } from "./summary.ts";

/** Longer ago, what failed since the start is not summed by the minute. */
const maxSumMs = 3 * dayMs;
/** More versions than these at one endpoint in a time range cannot be told apart in a chart. */
const maxVersions = 6;

export interface Requested {
  endpointId: string | null;
  slo: StoredSlo | undefined;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** The range that is shown. */
  from: number;
  to: number;
  now: number;
}

interface CountedNumbers {
  numbers: TriageNumbers;
  /** By minute from the start until now, whatever range is shown. */
  whole: Pick<TriageNumbers, "noun" | "allowed" | "minutes" | "versions">;
}

/**
 * Reads the bad events by minute, since the start and now, and a summary of the endpoint; null where nothing is counted. Only the minutes
 * follow the shown range: what an incident did does not change with what someone looks at.
 */
export async function readNumbers(ctx: Context, request: Requested): Promise<CountedNumbers | null> {
  const { endpointId, slo, startedAt, from, to, now } = request;
  const indicator: Indicator | null =
    slo?.definition.indicator ?? (endpointId ? { kind: "availability", endpointId } : null);
  if (!indicator || indicator.kind === "foreign") return null;
  const start = Math.max(startedAt, now - maxSumMs);
  const isLive = to >= now;
  const count = (span: Span) =>
    slo?.definition.indicator ? countSlo(ctx, slo, span) : countIndicator(ctx, indicator, span);
  const split = async (span: Span) =>
    slo?.seriesId ? readSeriesByVersion(ctx, slo.seriesId, span) : new Map<string, never>();
  const whole = wholeMinutes(isLive ? Math.min(from, start) : start, now);
  const shown = wholeMinutes(from, to);
  const [counts, byVersion, shownCounts, shownByVersion, glance, freshness] = await sideBySide(ctx, [
    () => count(whole),
    () => split(whole),
    async () => (isLive ? undefined : count(shown)),
    async () => (isLive ? undefined : split(shown)),
    async () => (endpointId ? readGlance(ctx, { endpointId, startedAt, to: now }) : null),
    async () => (endpointId ? readFreshness(ctx, endpointId, now) : null),
  ]);
  const named = { noun: badNoun(indicator), allowed: slo ? 1 - slo.definition.target : null };
  return {
    numbers: {
      ...named,
      from,
      to,
      glance,
      freshness,
      minutes: lineOf(shownCounts ?? counts, from),
      versions: await readVersions(ctx, shownByVersion ?? byVersion, from),
      since: sumFrom(counts, startedAt),
      now: newest(counts, 5),
    },
    whole: { ...named, minutes: lineOf(counts, start), versions: await readVersions(ctx, byVersion, start) },
  };
}

interface Span {
  from: number;
  to: number;
}

function wholeMinutes(from: number, to: number): Span {
  return { from: Math.floor(from / minuteMs) * minuteMs, to: Math.ceil(to / minuteMs) * minuteMs };
}

/** Names the versions of a series that had traffic from a moment on. */
async function readVersions(
  ctx: Context,
  counts: ReadonlyMap<string, MinuteCounts>,
  from: number,
): Promise<TriageNumbers["versions"]> {
  const lines = new Map([...counts].map(([id, each]) => [id, lineOf(each, from)]));
  const ids = [...lines].flatMap(([id, minutes]) => (minutes.length > 0 ? [id] : []));
  if (ids.length === 0) return [];
  const rows = await ctx.db
    .select({ id: modelVersions.id, version: modelVersions.version, model: registeredModels.name })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(registeredModels.workspaceId, ctx.actor.workspaceId), inArray(modelVersions.id, ids)))
    .orderBy(desc(modelVersions.version));
  return rows.map((row) => ({ ...row, minutes: lines.get(row.id) ?? [] })).slice(0, maxVersions);
}

async function readFreshness(ctx: Context, endpointId: string, to: number): Promise<TriageNumbers["freshness"]> {
  const isFreshness = sql`${slos.definition} #>> '{indicator,kind}' = 'freshness'`;
  const [slo] = await selectSlos(ctx, and(eq(slos.endpointId, endpointId), isNull(slos.archivedAt), isFreshness));
  const indicator = slo?.definition.indicator;
  if (!slo || indicator?.kind !== "freshness") return null;
  const counts = await countSlo(ctx, slo, { from: Math.floor((to - hourMs) / minuteMs) * minuteMs, to });
  const { bad, total } = sumFrom(counts, 0);
  const { target } = slo.definition;
  return { slo: slo.name, words: formatAge(indicator.maxAgeMs), fresh: total > 0 ? 1 - bad / total : null, target };
}

function formatAge(ms: number): string {
  const minutes = ms / minuteMs;
  return minutes < 120
    ? `at most ${Math.round(minutes)}\u00a0min old`
    : `at most ${Math.round(minutes / 60)}\u00a0h old`;
}
