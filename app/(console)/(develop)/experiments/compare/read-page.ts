import {
  axisChoices,
  defaultAxes,
  defaultScatter,
  maxAxes,
} from "#components/develop/tracking/compare/compare-axes.ts";
import type { CompareView } from "#components/develop/tracking/compare/compare-view.ts";
import { maxCompared, metricKeys } from "#components/develop/tracking/metrics/metric-groups.ts";
import { pointsPerCurve } from "#components/develop/tracking/metrics/points-per-curve.ts";
import type { Context } from "#server/base/context.ts";
import { listRunValues } from "#server/develop/tracking/compare/value-queries.ts";
import { chooseHeadline } from "#server/develop/tracking/headline.ts";
import { getMetricCurves } from "#server/develop/tracking/metrics/curve-queries.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import { listRunColumns } from "#server/develop/tracking/tables/column-queries.ts";
import type { RunColumns } from "#server/develop/tracking/tables/contract.ts";

/** Charts on the first look; the others have a tab. */
const maxInitial = 3;

/** Reads as many curves of a comparison as its tab draws. */
export async function readCurves(ctx: Context, runs: readonly Run[], tab: CompareView["tab"], search: string) {
  const most = tab === "curves" ? maxCompared : maxInitial;
  const metrics = runs.flatMap((run) => run.metrics);
  // A metric logged at a single step is no curve; it appears in the differences.
  const moving = [...new Set(metrics.filter(({ step }) => step > 0).map(({ key }) => key))].map((key) => ({ key }));
  const keys = metricKeys(moving, "model", search).slice(0, most);
  const runIds = runs.map(({ id }) => id);
  return { moving, most, keys, curves: await getMetricCurves(ctx, { runIds, keys, maxPoints: pointsPerCurve }) };
}

/** Reads the values for the axes of a comparison, and the other available columns. */
export async function readValues(ctx: Context, runs: readonly Run[], view: CompareView) {
  const experiments = [...new Set(runs.map(({ experimentId }) => experimentId))];
  const columns = together(await Promise.all(experiments.map((id) => listRunColumns(ctx, id))));
  const headline = chooseHeadline(columns.metrics);
  const choices = axisChoices(columns);
  const usual = defaultScatter(columns, headline);
  const axes = (view.axes ?? defaultAxes(columns, headline, runs)).slice(0, maxAxes);
  const scatter = {
    x: view.x ?? usual.x,
    y: view.y ?? usual.y,
    colour: view.colour ?? (view.x ? undefined : usual.colour),
  };
  const wanted = view.tab === "scatter" ? Object.values(scatter).filter((column) => column !== undefined) : axes;
  const values = await listRunValues(ctx, { runIds: runs.map(({ id }) => id), columns: [...new Set(wanted)] });
  return { choices, axes, scatter, values };
}

/** Merges the columns of several experiments; a param with two different values counts as differing. */
function together(all: RunColumns[]): Pick<RunColumns, "params" | "metrics"> {
  const [only] = all;
  if (all.length === 1 && only) return only;
  const params = Map.groupBy(
    all.flatMap((columns) => columns.params),
    ({ key }) => key,
  );
  const metrics = new Map(all.flatMap((columns) => columns.metrics).map((metric) => [metric.key, metric]));
  return {
    params: [...params].map(([key, uses]) => ({
      key,
      runs: uses.reduce((sum, { runs }) => sum + runs, 0),
      // Two experiments with one value each may have two different ones, which the axis shows.
      values: uses.reduce((sum, { values }) => sum + values, 0),
    })),
    metrics: [...metrics.values()],
  };
}
