import { chooseHeadline, guessDirection } from "../headline.ts";
import { fixedRunColumns, type ParamUse, type RunColumns, type RunTable } from "./contract.ts";

/** Params shown without being asked for. */
const maxParams = 3;

/**
 * The columns of a table of runs that nobody has chosen: state, times, the headline metric and its course, the params that differ
 * most often, and where a run comes from and went.
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
 * Params with more than one value among the runs. Those that most runs have come first, then those that were varied most; but those
 * that are different almost every time, such as seeds, come last.
 */
export function differingParams({ params }: RunColumns): string[] {
  const isUnique = ({ runs, values }: ParamUse) => Number(values * 2 > runs && values > 5);
  return params
    .filter(({ values }) => values > 1)
    .toSorted((a, b) => b.runs - a.runs || isUnique(a) - isUnique(b) || b.values - a.values || (a.key < b.key ? -1 : 1))
    .map(({ key }) => key);
}

/** Those of the columns asked for that can be shown. */
export function knownColumns(columns: readonly string[]): string[] {
  const known = columns.filter((column) => isFixed(column) || partsOf(column) !== undefined);
  return [...new Set(known)];
}

function isFixed(column: string): boolean {
  return (fixedRunColumns as readonly string[]).includes(column);
}

/** Kind and key of a column that shows a metric, param or tag. */
export function partsOf(column: string): { kind: ColumnKind; key: string } | undefined {
  const [, kind, key] = /^(metrics|curve|params|tags)\.(.+)$/s.exec(column) ?? [];
  return kind && key ? { kind: kind as ColumnKind, key } : undefined;
}

export type ColumnKind = "metrics" | "curve" | "params" | "tags";

/** The order of a table that nobody has sorted: the best headline first; without one, the newest. */
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

/** The order in the filter language; undefined for a column that cannot be sorted by. */
export function orderBy({ column, descending }: RunTable["sort"]): string | undefined {
  const parts = partsOf(column);
  const subject =
    parts && parts.kind !== "curve" ? `${parts.kind}.\`${parts.key.replaceAll("`", "``")}\`` : attributes[column];
  return subject && `${subject} ${descending ? "DESC" : "ASC"}`;
}
