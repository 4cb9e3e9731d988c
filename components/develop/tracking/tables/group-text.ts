import { isGroupable } from "#server/develop/tracking/tables/constants.ts";
import { columnName, fixedColumns } from "./column-names.ts";

const instead = "Group by a parameter, tag, status, user or dataset.";

/** Describes why the menu has no matching choice. @param metrics keys of metrics that contain the words */
export function noChoiceReason(words: string, metrics: readonly string[]): string {
  const wanted = words.trim().toLowerCase();
  const metric = metrics.find((key) => key.toLowerCase() === wanted) ?? metrics[0];
  if (metric !== undefined)
    return `“${metric}” is a metric; its values are rarely equal across runs. Sort or filter by it instead.`;
  const column = fixedColumns.find((key) => !isGroupable(key) && columnName(key).toLowerCase().includes(wanted));
  if (column) return `Cannot group by “${columnName(column)}”. ${instead}`;
  return `No parameter or tag matches “${words.trim()}”.`;
}

/** Describes why the grouping in the URL is impossible; undefined if it is possible. */
export function ungroupable(by: string | undefined): string | undefined {
  if (by === undefined || isGroupable(by)) return undefined;
  const what = by.startsWith("metrics.") ? `the metric “${columnName(by)}”` : `“${columnName(by)}”`;
  return `Cannot group runs by ${what}; showing a flat list. ${instead}`;
}
