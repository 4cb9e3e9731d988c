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

/** What can be an axis: params of which runs have different values, then metrics that tell most first. */
export function axisChoices({ params, metrics }: Pick<RunColumns, "params" | "metrics">): string[] {
  const differing = params.filter(({ values }) => values > 1).map(({ key }) => `params.${key}`);
  const alike = params.filter(({ values }) => values <= 1).map(({ key }) => `params.${key}`);
  return [...differing, ...metricKeys(metrics, "model").map((key) => `metrics.${key}`), ...alike];
}

/**
 * The axes when nobody chose: params that differ, those in which the compared runs do first, and results with the headline at the
 * right end.
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
 * The axes of a scatter when nobody chose: the param with most values against the headline, in the colours of the one with fewest.
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

/** Names of axes: the key alone, with its kind where a param and a metric have the same. */
export function axisNames(columns: readonly string[]): AxisName[] {
  const keyOf = (column: string) => column.slice(column.indexOf(".") + 1);
  const keys = columns.map(keyOf);
  return columns.map((key, index) => {
    const label = keyOf(key);
    const isShared = keys.some((other, at) => other === label && at !== index);
    return { key, label: isShared ? `${label} (${key.startsWith("params.") ? "param" : "metric"})` : label };
  });
}

/** Runs as lines: those compared have the place of their colour, the others are the crowd. */
export function linesOf(runs: readonly RunValues[], compared: readonly string[]): ManyValues[] {
  return runs.map(({ id, name, values }) => ({
    id,
    label: name,
    index: compared.includes(id) ? compared.indexOf(id) : undefined,
    values: Object.fromEntries(Object.entries(values).map(([column, value]) => [column, axisValue(column, value)])),
  }));
}

/** The word NaN of a metric is a measurement; that of a param is text. */
function axisValue(column: string, value: RunValues["values"][string]): AxisValue {
  return column.startsWith("metrics.") && value === "NaN" ? Number.NaN : value;
}

/** Columns moved: one of them by a place to the left or right. */
export function moved(columns: readonly string[], column: string, by: -1 | 1): string[] {
  const at = columns.indexOf(column);
  const to = at + by;
  if (at < 0 || to < 0 || to >= columns.length) return [...columns];
  return columns.toSpliced(at, 1).toSpliced(to, 0, column);
}
