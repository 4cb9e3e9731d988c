import { isGroupable } from "#server/develop/tracking/tables/contract.ts";
import { columnName, fixedColumns } from "./column-names.ts";

const instead = "Group by a parameter, tag, status, user or dataset.";

/** Why the menu finds nothing to group by. @param metrics keys of metrics that hold the words */
export function noChoiceReason(words: string, metrics: readonly string[]): string {
  const wanted = words.trim().toLowerCase();
  const metric = metrics.find((key) => key.toLowerCase() === wanted) ?? metrics[0];
  if (metric !== undefined)
    return `“${metric}” is a metric; its values are rarely equal across runs. Sort or filter by it instead.`;
  const column = fixedColumns.find((key) => !isGroupable(key) && columnName(key).toLowerCase().includes(wanted));
  if (column) return `Cannot group by “${columnName(column)}”. ${instead}`;
  return `No parameter or tag matches “${words.trim()}”.`;
}

/** Said where an address asks for groups that there are not; undefined when they can be had. */
export function ungroupable(by: string | undefined): string | undefined {
  if (by === undefined || isGroupable(by)) return undefined;
  const what = by.startsWith("metrics.") ? `the metric “${columnName(by)}”` : `“${columnName(by)}”`;
  return `Cannot group runs by ${what}; showing a flat list. ${instead}`;
}
