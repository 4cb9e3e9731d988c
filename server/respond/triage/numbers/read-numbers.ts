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
  from: number;
  to: number;
}

/** Reads the bad events by minute, since the start and now, and a summary of the endpoint; null where nothing is counted. */
export async function readNumbers(ctx: Context, request: Requested): Promise<TriageNumbers | null> {
  const { endpointId, slo, startedAt, from, to } = request;
  const indicator: Indicator | null =
    slo?.definition.indicator ?? (endpointId ? { kind: "availability", endpointId } : null);
  if (!indicator || indicator.kind === "foreign") return null;
  const start = Math.floor(Math.max(Math.min(from, startedAt), to - maxSumMs) / minuteMs) * minuteMs;
  const span = { from: start, to: Math.ceil(to / minuteMs) * minuteMs };
  const [counts, versions, glance, freshness] = await sideBySide(ctx, [
    () => (slo?.definition.indicator ? countSlo(ctx, slo, span) : countIndicator(ctx, indicator, span)),
    async () => (slo?.seriesId ? readVersions(ctx, await readSeriesByVersion(ctx, slo.seriesId, span), from) : []),
    async () => (endpointId ? readGlance(ctx, { endpointId, startedAt, to }) : null),
    async () => (endpointId ? readFreshness(ctx, endpointId, to) : null),
  ]);
  return {
    noun: badNoun(indicator),
    from,
    to,
    glance,
    freshness,
    allowed: slo ? 1 - slo.definition.target : null,
    minutes: lineOf(counts, from),
    versions,
    since: sumFrom(counts, startedAt),
    now: newest(counts, 5),
  };
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
