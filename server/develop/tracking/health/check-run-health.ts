import { and, eq, inArray } from "drizzle-orm";
import { experimentTags } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { KeyValue } from "../contract.ts";
import { getMetricCurves } from "../metrics/curve-queries.ts";
import type { Run } from "../runs/contract.ts";
import { loadRuns } from "../runs/load-runs.ts";
import type { RunFinding } from "./contract.ts";
import type { Course } from "./detected.ts";
import { diagnose } from "./diagnose.ts";
import { listRunFindings } from "./queries.ts";
import { storeFindings } from "./store-findings.ts";
import { thresholdsOf } from "./thresholds.ts";
import { watchedKeys } from "./watched-metrics.ts";

/** Maximum number of points of a metric that are evaluated, including the lowest and highest of each interval. */
const maxPoints = 600;
/** Maximum number of metrics whose newest value is NaN, besides the monitored ones. */
const maxWithoutNumber = 20;

/**
 * Part of a job: checks some runs of a workspace, stores their current findings and closes resolved ones. Idempotent.
 * @param input.now milliseconds since 1970.
 */
export async function checkRunHealth(ctx: Context, input: { runIds: readonly string[]; now: number }): Promise<void> {
  const runs = (await loadRuns(ctx, input.runIds)).filter(({ isDeleted }) => !isDeleted);
  const tags = await tagsOfExperiments(ctx, runs);
  const open = await openFindings(ctx, runs);
  for (const run of runs) {
    const thresholds = thresholdsOf(tags.get(run.experimentId) ?? [], run.tags);
    const courses = await coursesOf(ctx, run);
    const diagnosis = diagnose(run, courses, { thresholds, open: open.get(run.id) ?? [], now: input.now });
    await storeFindings(ctx, run, diagnosis, input.now);
  }
}

async function coursesOf(ctx: Context, run: Run): Promise<Course[]> {
  const own = run.metrics.filter(({ key }) => !key.startsWith("system/"));
  const watched = watchedKeys(own.map(({ key }) => key));
  const withoutNumber = own
    .filter(({ value }) => value === "NaN" || Math.abs(value) >= Number.MAX_VALUE)
    .slice(0, maxWithoutNumber)
    .map(({ key }) => key);
  const keys = [...new Set([...watched, ...withoutNumber])];
  if (keys.length === 0) return [];
  const curves = await getMetricCurves(ctx, { runIds: [run.id], keys, maxPoints });
  // A metric that is always NaN is a quirk of the script, unless it is a loss or norm.
  return curves.filter(({ key, points }) => watched.includes(key) || points.some(({ value }) => value !== null));
}

async function tagsOfExperiments(ctx: Context, runs: readonly Run[]): Promise<Map<number, KeyValue[]>> {
  const ids = [...new Set(runs.map(({ experimentId }) => experimentId))];
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select()
    .from(experimentTags)
    .where(and(eq(experimentTags.workspaceId, ctx.actor.workspaceId), inArray(experimentTags.experimentId, ids)));
  return Map.groupBy(rows, ({ experimentId }) => experimentId);
}

async function openFindings(ctx: Context, runs: readonly Run[]): Promise<Map<string, RunFinding[]>> {
  const open = await listRunFindings(ctx, { runIds: runs.map(({ id }) => id) });
  return Map.groupBy(open, ({ runId }) => runId);
}
