import { chooseHeadline, guessDirection } from "../headline.ts";
import { fixedRunColumns } from "./constants.ts";
import type { ParamUse, RunColumns, RunTable } from "./contract.ts";

/** Maximum number of params shown by default. */
const maxParams = 3;

/**
 * Returns the default columns of a table of runs: state, times, the headline metric and its curve, the params that differ most often,
 * and a run's origin and results.
 */
export function defaultColumns(choices: RunColumns): string[] {
  const headline = chooseHeadline(choices.metrics);
  return [
    "status",
    "started",
    "took",
    ...(headline ? [`metrics.${headline}`, `curve.${headline}`] : []),
    ...differingParams(choices)
      .slice(0, maxParams)
      .map((key) => `params.${key}`),
    "dataset",
    "commit",
    "by",
    "version",
  ];
}

/**
 * Returns params with more than one value among the runs. The most common params come first, then those with the most values; params with a
 * distinct value in almost every run, such as seeds, come last.
 */
export function differingParams({ params }: RunColumns): string[] {
  const isUnique = ({ runs, values }: ParamUse) => Number(values * 2 > runs && values > 5);
  return params
    .filter(({ values }) => values > 1)
    .toSorted((a, b) => b.runs - a.runs || isUnique(a) - isUnique(b) || b.values - a.values || (a.key < b.key ? -1 : 1))
    .map(({ key }) => key);
}

/** Returns the requested columns that can be shown. */
export function knownColumns(columns: readonly string[]): string[] {
  const known = columns.filter((column) => isFixed(column) || partsOf(column) !== undefined);
  return [...new Set(known)];
}

function isFixed(column: string): boolean {
  return (fixedRunColumns as readonly string[]).includes(column);
}

/** Returns kind and key of a column that shows a metric, param or tag. */
export function partsOf(column: string): { kind: ColumnKind; key: string } | undefined {
  const [, kind, key] = /^(metrics|curve|params|tags)\.(.+)$/s.exec(column) ?? [];
  return kind && key ? { kind: kind as ColumnKind, key } : undefined;
}

export type ColumnKind = "metrics" | "curve" | "params" | "tags";

/** Returns the default order of a table: the best headline metric first; without one, the newest. */
export function defaultSort(choices: RunColumns): RunTable["sort"] {
  const headline = chooseHeadline(choices.metrics);
  const direction = headline ? guessDirection(headline) : "unknown";
  if (!headline || direction === "unknown") return { column: "started", descending: true };
  return { column: `metrics.${headline}`, descending: direction === "higher" };
}

const attributes: Record<string, string> = {
  name: "attributes.run_name",
  status: "attributes.status",
  started: "attributes.start_time",
  ended: "attributes.end_time",
  by: "attributes.user_id",
};

/** Returns the order in the filter language; undefined for a column that cannot be sorted by. */
export function orderBy({ column, descending }: RunTable["sort"]): string | undefined {
  const parts = partsOf(column);
  const subject =
    parts && parts.kind !== "curve" ? `${parts.kind}.\`${parts.key.replaceAll("`", "``")}\`` : attributes[column];
  return subject && `${subject} ${descending ? "DESC" : "ASC"}`;
}
