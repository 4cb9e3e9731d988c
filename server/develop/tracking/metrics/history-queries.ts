import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Page } from "../contract.ts";
import { noRun } from "../runs/lock-run.ts";
import { requireOwnRun } from "../runs/own-run.ts";
import { decodePageToken, encodePageToken } from "../search/page-token.ts";
import type { LatestMetric } from "./contract.ts";
import { asMetricValue } from "./metric-value.ts";
import { readPage } from "./read-points.ts";
import { readSample } from "./read-sample.ts";
import type { StoredPoint } from "./stored-point.ts";

/** A point with the run it belongs to. */
export interface RunPoint extends LatestMetric {
  runId: string;
}

/** Maximum number of points per response. */
export const maxPoints = 25_000;

/**
 * Returns all points of one metric of a run, ordered by (timestamp, step, value), a page at a time.
 * @param input.limit at most 25,000. @throws DomainError "not-found" for an unknown run; an unknown key has no points.
 */
export async function getMetricHistory(
  ctx: Context,
  input: { runId: string; key: string; limit: number; pageToken?: string | undefined },
): Promise<Page<LatestMetric>> {
  permit(ctx, "getMetricHistory");
  await requireOwnRun(ctx, input.runId);
  const { runId, key, limit, pageToken } = input;
  const query = [runId, key];
  const [timestamp, step, value] = decodePageToken(pageToken, query, ["number", "number", "text"]) ?? [];
  const after = pageToken ? { timestamp: Number(timestamp), step: Number(step), value: Number(value) } : undefined;
  const { rows: known } = await ctx.db.execute<{ id: number | null }>(sql`
    select series.id from runs left join metric_series series on series.run_id = runs.id and series.key = ${key}
    where runs.id = ${runId} and runs.workspace_id = ${ctx.actor.workspaceId}`);
  if (!known[0]) throw noRun(runId);
  if (known[0].id === null) return { rows: [], nextPageToken: undefined };
  const found = await readPage(ctx, known[0].id, limit + 1, after);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map((point) => toMetric(key, point)),
    nextPageToken:
      found.length > limit && last
        ? encodePageToken(query, [last.timestamp, last.step, String(last.value)])
        : undefined,
  };
}

/** Returns points of one metric of several runs, ordered by (run id, timestamp, step, value), the first `limit` in total. */
export async function getMetricHistoryOfRuns(
  ctx: Context,
  input: { runIds: readonly string[]; key: string; limit: number },
): Promise<RunPoint[]> {
  permit(ctx, "getMetricHistoryOfRuns");
  const found: RunPoint[] = [];
  const series = (await seriesOf(ctx, input)).sort((a, b) => (a.run_id < b.run_id ? -1 : 1));
  for (const { id, run_id: runId } of series) {
    if (found.length >= input.limit) break;
    const points = await readPage(ctx, id, input.limit - found.length);
    found.push(...points.map((point) => ({ runId, ...toMetric(input.key, point) })));
  }
  return found;
}

/**
 * Returns points of one metric of several runs at a sample of their steps, as MLflow draws them: of the distinct steps in the range at most
 * `limit`, evenly by position, with the last one, and the first and last of each run; all points at those steps. Source:
 * docs/spec/mlflow-rest.md section 8.3. Spikes between the chosen steps are lost; getMetricCurves keeps them.
 */
export async function sampleMetricHistory(
  ctx: Context,
  input: { runIds: readonly string[]; key: string; limit: number; range?: { start: number; end: number } | undefined },
): Promise<RunPoint[]> {
  permit(ctx, "sampleMetricHistory");
  const { runIds, key, limit, range } = input;
  const series = (await seriesOf(ctx, input)).sort((a, b) => runIds.indexOf(a.run_id) - runIds.indexOf(b.run_id));
  const points = await readSample(
    ctx,
    series.map(({ id }) => id),
    limit,
    range,
  );
  return series.flatMap(({ id, run_id: runId }) =>
    (points.get(id) ?? []).slice(0, maxPoints).map((point) => ({ runId, ...toMetric(key, point) })),
  );
}

async function seriesOf(ctx: Context, { runIds, key }: { runIds: readonly string[]; key: string }) {
  const { rows } = await ctx.db.execute<{ id: number; run_id: string }>(sql`
    select id, run_id from metric_series
    where workspace_id = ${ctx.actor.workspaceId} and key = ${key} and run_id = any(${sql.param([...runIds])}::text[])`);
  return rows;
}

function toMetric(key: string, { value, timestamp, step }: StoredPoint): LatestMetric {
  return { key, value: asMetricValue(value), timestamp, step };
}
