import { runtime } from "#app/_lib/context.ts";
import { readCurveView } from "#components/develop/tracking/metrics/curve-view.ts";
import { maxPlotted, metricKeys } from "#components/develop/tracking/metrics/metric-groups.ts";
import { pointsPerCurve } from "#components/develop/tracking/metrics/points-per-curve.ts";
import type { Context } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import type { RunEnvironment } from "#server/develop/tracking/compare/contract.ts";
import { getRunEnvironment } from "#server/develop/tracking/compare/file-queries.ts";
import { chooseHeadline } from "#server/develop/tracking/headline.ts";
import { listRunFindings } from "#server/develop/tracking/health/queries.ts";
import type { MetricCurve, RedoneSpan } from "#server/develop/tracking/metrics/contract.ts";
import { getMetricCurves } from "#server/develop/tracking/metrics/curve-queries.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import { listRunColumns } from "#server/develop/tracking/tables/column-queries.ts";
import { listNanStarts } from "#server/develop/tracking/tables/curve-queries.ts";
import { describeFailure } from "#server/develop/tracking/tables/failure.ts";
import { getRunRelatives } from "#server/develop/tracking/tables/relatives-query.ts";

type Address = Record<string, string | string[] | undefined>;

/** Reads the data that the page of a run shows besides the run itself. @param redone points that are left out of its curves */
export async function readRunPage(
  ctx: Context,
  run: Run,
  kind: "model" | "system",
  address: Address,
  redone: readonly RedoneSpan[] = [],
) {
  const { x, metric } = readCurveView((name) => [address[name]].flat()[0]);
  const keys = metricKeys(run.metrics, kind, metric).slice(0, maxPlotted);
  const [relatives, { metrics }, nanStarts, curves, findings] = await Promise.all([
    getRunRelatives(ctx, run.id),
    listRunColumns(ctx, run.experimentId),
    listNanStarts(ctx, run.status === "FAILED" ? [run.id] : []),
    readCurves(ctx, run, keys, redone),
    listRunFindings(ctx, { runIds: [run.id], withPast: true }),
  ]);
  const own = new Set(run.metrics.map(({ key }) => key));
  const shared = chooseHeadline(metrics);
  // A run without the experiment's headline metric shows the best of its own.
  const headline = shared && own.has(shared) ? shared : chooseHeadline([...own].map((key) => ({ key, runs: 1 })));
  const initial = curves && { keys, x: kind === "system" ? ("relative" as const) : x, curves };
  return { relatives, initial, headline, findings, failure: describeFailure(run, nanStarts.get(run.id)) };
}

/** Reads curves; undefined when that fails: the charts then retry themselves, and report a further failure. */
async function readCurves(
  ctx: Context,
  run: Run,
  keys: string[],
  spans: readonly RedoneSpan[],
): Promise<MetricCurve[] | undefined> {
  const question = { runIds: [run.id], keys, maxPoints: pointsPerCurve, redone: { spans, part: "kept" as const } };
  return getMetricCurves(ctx, question).catch((cause: unknown) => {
    log.error("curves.unreadable", { cause, runId: run.id });
    return undefined;
  });
}

/** Reads the environment of a run; undefined when the artifact store does not respond, so that the rest is still shown. */
export async function readEnvironment(ctx: Context, runId: string): Promise<RunEnvironment | undefined> {
  return getRunEnvironment(ctx, runtime().artifacts, runId).catch((cause: unknown) => {
    log.error("environment.unreadable", { cause, runId });
    return undefined;
  });
}
