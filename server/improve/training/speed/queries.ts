import { and, asc, eq } from "drizzle-orm";
import { trainingAttempts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { getMetricHistory } from "#server/develop/tracking/metrics/history-queries.ts";
import { getRun } from "#server/develop/tracking/runs/queries.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noJob } from "../jobs/queries.ts";
import { findJobRow } from "../reproducibility/find-job-row.ts";
import type { JobSpeed, Spread } from "./contract.ts";
import { findTimeMetrics, nearestRank, secondsOf, spreadOf, stepSeconds } from "./step-times.ts";

/** Points of a metric that are read, from its start. */
const [pageSize, maxPages] = [25_000, 8];

interface Point {
  step: number;
  timestamp: number;
  value: number;
}

/**
 * Says where the time of a training job goes: of what its program, and MLflow's client by itself, have logged to its run. Of a metric with more than
 * 200,000 points only those are read. docs/spec/training.md section 18. @throws DomainError "not-found", also for a run that was deleted
 */
export async function getJobSpeed(ctx: Context, id: string): Promise<JobSpeed> {
  permit(ctx, "getMetricHistory");
  const job = await findJobRow(ctx, id);
  if (!job) throw noJob();
  const { runId } = job;
  const { metrics } = await getRun(ctx, runId);
  const keys = metrics.map(({ key }) => key);
  const read = (key: string) => readPoints(ctx, runId, key);
  const spread = async (key: string) => (keys.includes(key) ? spreadOf(valuesOf(await read(key))) : null);
  const names = findTimeMetrics(keys);
  const starts = await readStarts(ctx, id);
  const measured = names.step === undefined ? [] : inSeconds(names.step, await read(names.step));
  // Without such a metric, the one that was logged last: most programs log all of theirs at each step.
  const timed = measured.length > 0 ? undefined : newestOf(metrics);
  const steps = timed === undefined ? measured : stepSeconds(await read(timed), starts);
  const stepMean = spreadOf(steps)?.mean ?? null;
  const waits = names.data === undefined ? [] : inSeconds(names.data, await read(names.data));
  const waitMean = spreadOf(waits)?.mean;
  return {
    steps:
      stepMean === null
        ? null
        : {
            metric: timed ?? names.step ?? "",
            isMeasured: timed === undefined,
            p50: nearestRank(steps, 0.5) ?? stepMean,
            p95: nearestRank(steps, 0.95) ?? stepMean,
            p99: nearestRank(steps, 0.99) ?? stepMean,
            mean: stepMean,
            count: steps.length,
          },
    dataWait:
      waitMean === undefined || names.data === undefined
        ? null
        : {
            metric: names.data,
            p50: nearestRank(waits, 0.5) ?? waitMean,
            mean: waitMean,
            share: stepMean === null || stepMean <= 0 ? null : waitMean / stepMean,
          },
    gpus: await readGpus(keys, spread),
    cpuPercent: await spread("system/cpu_utilization_percentage"),
    memoryMegabytes: await spread("system/system_memory_usage_megabytes"),
    memoryPercent: await spread("system/system_memory_usage_percentage"),
  };
}

/** When its attempts started, in their order. */
async function readStarts(ctx: Context, id: string): Promise<number[]> {
  const attempts = await ctx.db
    .select({ startedAt: trainingAttempts.startedAt })
    .from(trainingAttempts)
    .where(and(eq(trainingAttempts.workspaceId, ctx.actor.workspaceId), eq(trainingAttempts.jobId, id)))
    .orderBy(asc(trainingAttempts.number));
  return attempts.flatMap(({ startedAt }) => startedAt?.getTime() ?? []);
}

async function readGpus(
  keys: readonly string[],
  spread: (key: string) => Promise<Spread | null>,
): Promise<JobSpeed["gpus"]> {
  const numbers = new Set(keys.flatMap((key) => /^system\/gpu_(\d{1,3})_/.exec(key)?.[1] ?? []));
  const gpus: JobSpeed["gpus"] = [];
  for (const gpu of [...numbers].map(Number).toSorted((a, b) => a - b)) {
    const of = (what: string) => spread(`system/gpu_${gpu}_${what}`);
    gpus.push({
      gpu,
      utilisation: await of("utilization_percentage"),
      memoryMegabytes: await of("memory_usage_megabytes"),
      memoryPercent: await of("memory_usage_percentage"),
    });
  }
  return gpus;
}

/** The metric of the program, not of the machine, with the highest step. */
function newestOf(metrics: readonly { key: string; step: number }[]): string | undefined {
  return metrics
    .filter(({ key }) => !key.startsWith("system/"))
    .toSorted((a, b) => b.step - a.step || (a.key < b.key ? -1 : 1))[0]?.key;
}

async function readPoints(ctx: Context, runId: string, key: string): Promise<Point[]> {
  const points: Point[] = [];
  let pageToken: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const found = await getMetricHistory(ctx, { runId, key, limit: pageSize, pageToken });
    for (const { step, timestamp, value } of found.rows) points.push({ step, timestamp, value: Number(value) });
    pageToken = found.nextPageToken;
    if (pageToken === undefined) break;
  }
  return points;
}

const valuesOf = (points: readonly Point[]) => points.flatMap(({ value }) => (Number.isFinite(value) ? [value] : []));

const inSeconds = (key: string, points: readonly Point[]) => valuesOf(points).map((value) => value * secondsOf(key));
