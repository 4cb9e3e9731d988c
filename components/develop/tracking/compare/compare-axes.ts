import type { AxisName, ManyValues } from "#components/charts/parallel.ts";
import type { AxisValue } from "#components/charts/value-axis.ts";
import type { RunValues } from "#server/develop/tracking/compare/contract.ts";
import type { KeyValue } from "#server/develop/tracking/contract.ts";
import type { RunColumns } from "#server/develop/tracking/tables/contract.ts";
import { metricKeys } from "../metrics/metric-groups.ts";

const maxParams = 5;
const maxMetrics = 3;
/** More are no picture any more. */
export const maxAxes = 12;

/** Lists the possible axes: params that differ between runs, then metrics, the most informative first, then equal params. */
export function axisChoices({ params, metrics }: Pick<RunColumns, "params" | "metrics">): string[] {
  const differing = params.filter(({ values }) => values > 1).map(({ key }) => `params.${key}`);
  const alike = params.filter(({ values }) => values <= 1).map(({ key }) => `params.${key}`);
  return [...differing, ...metricKeys(metrics, "model").map((key) => `metrics.${key}`), ...alike];
}

/**
 * Returns the axes used without a selection: params that differ, first those that differ between the compared runs, and results with the
 * headline metric at the right end.
 */
export function defaultAxes(
  { params, metrics }: Pick<RunColumns, "params" | "metrics">,
  headline: string | undefined,
  runs: readonly { params: readonly KeyValue[] }[],
): string[] {
  const differs = ({ key }: { key: string }) =>
    new Set(runs.map((run) => run.params.find((param) => param.key === key)?.value)).size > 1;
  const differing = params
    .filter(({ values }) => values > 1)
    .toSorted((a, b) => Number(differs(b)) - Number(differs(a)))
    .slice(0, maxParams);
  const results = metricKeys(
    metrics.filter(({ key }) => key !== headline),
    "model",
  ).slice(0, headline ? maxMetrics - 1 : maxMetrics);
  return [
    ...differing.map(({ key }) => `params.${key}`),
    ...[...results.toReversed(), ...(headline ? [headline] : [])].map((key) => `metrics.${key}`),
  ];
}

/**
 * Returns the axes of a scatter plot without a selection: the param with the maximum number of values against the headline metric, coloured
 * by the param with the minimum number.
 */
export function defaultScatter(
  { params, metrics }: Pick<RunColumns, "params" | "metrics">,
  headline: string | undefined,
) {
  const results = metricKeys(metrics, "model");
  const y = headline ?? results[0];
  const common = Math.max(0, ...params.map(({ runs }) => runs)) / 2;
  const [most, ...others] = params
    .filter(({ values, runs }) => values > 1 && runs >= common)
    .toSorted((a, b) => b.values - a.values);
  const fewest = others.at(-1);
  const x = most ? `params.${most.key}` : results.filter((key) => key !== y).map((key) => `metrics.${key}`)[0];
  return { x, y: y && `metrics.${y}`, colour: fewest && `params.${fewest.key}` };
}

/** Returns the names of axes: the key alone, with its kind if a param and a metric share it. */
export function axisNames(columns: readonly string[]): AxisName[] {
  const keyOf = (column: string) => column.slice(column.indexOf(".") + 1);
  const keys = columns.map(keyOf);
  return columns.map((key, index) => {
    const label = keyOf(key);
    const isShared = keys.some((other, at) => other === label && at !== index);
    return { key, label: isShared ? `${label} (${key.startsWith("params.") ? "param" : "metric"})` : label };
  });
}

/** Converts runs to lines: compared runs have a colour index, the others are drawn as the crowd. */
export function linesOf(runs: readonly RunValues[], compared: readonly string[]): ManyValues[] {
  return runs.map(({ id, name, values }) => ({
    id,
    label: name,
    index: compared.includes(id) ? compared.indexOf(id) : undefined,
    values: Object.fromEntries(Object.entries(values).map(([column, value]) => [column, axisValue(column, value)])),
  }));
}

/** Converts a value: the word NaN of a metric is a measurement, that of a param is text. */
function axisValue(column: string, value: RunValues["values"][string]): AxisValue {
  return column.startsWith("metrics.") && value === "NaN" ? Number.NaN : value;
}

/** Returns the columns with one of them moved a position to the left or right. */
export function moved(columns: readonly string[], column: string, by: -1 | 1): string[] {
  const at = columns.indexOf(column);
  const to = at + by;
  if (at < 0 || to < 0 || to >= columns.length) return [...columns];
  return columns.toSpliced(at, 1).toSpliced(to, 0, column);
}
