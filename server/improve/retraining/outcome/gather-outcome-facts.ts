import { and, eq } from "drizzle-orm";
import { datasetVersions, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { countArms } from "#server/release/rollouts/sources/count-labels.ts";
import { RolloutPlan } from "#server/serve/rollout/plan/contract.ts";
import { mergeCounts } from "#server/watch/monitoring/quality/counts/merge-counts.ts";
import { maturityFrom } from "#server/watch/monitoring/quality/measures/maturity.ts";
import { type Reading, realisedMetrics } from "#server/watch/monitoring/quality/measures/realised.ts";
import { metricFor } from "#server/watch/monitoring/quality/metrics/constants.ts";
import type { QualityMetric } from "#server/watch/monitoring/quality/metrics/contract.ts";
import { readCounted, type StoredSpan } from "#server/watch/monitoring/quality/read/counted-spans.ts";
import { readLabelLags } from "#server/watch/monitoring/quality/read/label-lags.ts";
import { readingOf } from "#server/watch/monitoring/quality/read/reading-of.ts";
import { findMonitor } from "#server/watch/monitoring/settings/queries.ts";
import type { FoundCycle } from "../cycle/lock-cycle.ts";
import { type OutcomeFacts, readinessOf, type VersionPair, weekMs } from "./compare-outcome.ts";
import { readJobCosts } from "./read-costs.ts";

/**
 * Reads what the outcome of an adopted cycle follows from. The caller has checked permissions. @param now milliseconds since 1970
 * @returns undefined for a cycle that adopted nothing, or while it is too early to say
 */
export async function gatherOutcomeFacts(
  ctx: Context,
  cycle: FoundCycle,
  now: number,
): Promise<OutcomeFacts | undefined> {
  const { endpointId, championId, championVersion, candidateId, candidateVersion, endedAt } = cycle;
  if (cycle.state !== "adopted" || !endedAt || candidateId === null || candidateVersion === null) return undefined;
  const { settings } = await findMonitor(ctx, endpointId);
  const { horizonMs } = maturityFrom(await readLabelLags(ctx, endpointId, now), settings.maturityMs, now);
  const adoptedAt = endedAt.getTime();
  if (readinessOf({ adoptedAt, horizonMs }, now) === "early") return undefined;
  const rollout = await findRollout(ctx, cycle);
  const rolloutAt = rollout?.createdAt.getTime() ?? adoptedAt;
  const matureUntil = now - (horizonMs ?? 0);
  const read = (versionId: string, from: number, to: number) =>
    readHours(ctx, { endpointId, versionId, from, to: Math.min(to, matureUntil) });
  const champions = await read(championId, rolloutAt, adoptedAt);
  const candidates = await read(candidateId, rolloutAt, adoptedAt);
  const earlier = await read(championId, rolloutAt - weekMs, rolloutAt);
  const later = await read(candidateId, adoptedAt, adoptedAt + weekMs);
  const all = mergeCounts([...champions, ...candidates, ...earlier, ...later].map(({ counts }) => counts));
  const reading = await readingOf(ctx, candidateId, settings, all);
  const metric = metricFor(reading.taskKind);
  const isAccuracy = metric === "accuracy";
  return {
    championVersion,
    candidateVersion,
    adoptedAt,
    horizonMs,
    metric,
    arms: rollout && isAccuracy ? await readArms(ctx, rollout) : { rows: [], steps: 0 },
    during: pairOf(inBoth(champions, candidates), inBoth(candidates, champions), { reading, metric }),
    before: pairOf(earlier, later, { reading, metric }),
    ...(await readCost(ctx, cycle)),
    dataEnd: await readDataEnd(ctx, cycle),
  };
}

type RolloutRow = typeof rollouts.$inferSelect;

async function findRollout(ctx: Context, { rolloutId }: FoundCycle): Promise<RolloutRow | undefined> {
  if (rolloutId === null) return undefined;
  const [rollout] = await ctx.db
    .select()
    .from(rollouts)
    .where(and(eq(rollouts.workspaceId, ctx.actor.workspaceId), eq(rollouts.id, rolloutId)));
  return rollout;
}

async function readArms(ctx: Context, rollout: RolloutRow): Promise<OutcomeFacts["arms"]> {
  const rows = (await countArms(ctx, rollout)).map((count) => {
    return { metric: "label-errors" as const, bin: 0, sum: 0, sumSquares: 0, ...count };
  });
  return { rows, steps: RolloutPlan.parse(rollout.plan).steps.length };
}

/** Reads the labelled predictions of a version in the whole hours of a span, in milliseconds since 1970. */
async function readHours(
  ctx: Context,
  { endpointId, versionId, from, to }: { endpointId: string; versionId: string; from: number; to: number },
): Promise<StoredSpan[]> {
  const [first, last] = [Math.ceil(from / hourMs) * hourMs, to - hourMs];
  if (last < first) return [];
  const span = { from: new Date(first), to: new Date(last + 1) };
  return readCounted(ctx, { endpointId, versionId, segment: "", fine: null, ...span });
}

/** Hours of one version in which the other one has labels too. */
function inBoth(own: readonly StoredSpan[], others: readonly StoredSpan[]): StoredSpan[] {
  const labelled = new Set(others.flatMap(({ at, labelled }) => (labelled > 0 ? [at] : [])));
  return own.filter(({ at }) => labelled.has(at));
}

function pairOf(
  champion: readonly StoredSpan[],
  candidate: readonly StoredSpan[],
  { reading, metric }: { reading: Reading; metric: QualityMetric },
): VersionPair {
  const measure = (spans: readonly StoredSpan[]) =>
    realisedMetrics(mergeCounts(spans.map(({ counts }) => counts)), reading)[metric] ?? null;
  return { champion: measure(champion), candidate: measure(candidate) };
}

async function readCost(ctx: Context, { jobId }: FoundCycle): Promise<Pick<OutcomeFacts, "cost" | "currency">> {
  const found = jobId === null ? undefined : (await readJobCosts(ctx, [jobId])).get(jobId);
  return found ?? { cost: null, currency: null };
}

/** When Leeway got the rows that the candidate learned from, by its dataset version; null where that was deleted. */
async function readDataEnd(ctx: Context, { data }: FoundCycle): Promise<number | null> {
  if (!data?.version) return null;
  const [version] = await ctx.db
    .select({ createdAt: datasetVersions.createdAt })
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), eq(datasetVersions.id, data.version.id)));
  return version?.createdAt.getTime() ?? null;
}
