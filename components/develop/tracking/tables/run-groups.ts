import { formatNumber, plural } from "#components/ui/format.ts";
import type { GroupedRuns, GroupStatistics, RunGroup, RunTableRow } from "#server/develop/tracking/tables/contract.ts";
import { formatMetric } from "../runs/run-values.ts";

/** A row of a grouped table: a group, one of its runs, or the note that it has more than are shown. */
export type GroupedRow =
  | { kind: "group"; group: RunGroup; isOpen: boolean }
  | { kind: "run"; row: RunTableRow }
  | { kind: "more"; value: string | null; shown: number; found: number };

/** Returns the groups, with the runs of open ones below them. */
export function groupedRows({ groups, opened }: Pick<GroupedRuns, "groups" | "opened">): GroupedRow[] {
  return groups.groups.flatMap((group): GroupedRow[] => {
    const open = opened.find(({ value }) => value === group.value);
    if (!open) return [{ kind: "group", group, isOpen: false }];
    const { value, rows, found } = open;
    const more: GroupedRow[] = found > rows.length ? [{ kind: "more", value, shown: rows.length, found }] : [];
    return [{ kind: "group", group, isOpen: true }, ...rows.map((row) => ({ kind: "run" as const, row })), ...more];
  });
}

/** Opens a group or closes it. */
export function toggledGroup(opened: readonly (string | null)[], value: string | null): (string | null)[] {
  return opened.includes(value) ? opened.filter((each) => each !== value) : [...opened, value];
}

/** Formats "0.953 ± 0.012", the mean with half the width of its interval; for one run, the value alone. */
export function formatMean({ mean, low, high }: GroupStatistics, decimals?: number): string {
  const text = formatMetric(mean, decimals);
  if (low === null || high === null) return text;
  return `${text} ± ${formatNumber((high - low) / 2, decimals === undefined ? {} : { decimals })}`;
}

/** Describes the statistics of a group in words. */
export function describeMean(figures: GroupStatistics, runs: number): string {
  const { count, low, high, median, lowest, highest } = figures;
  if (count === 1)
    return runs === 1 ? "Single run: no variation to report." : `One of ${plural(runs, "run")} has a value.`;
  const base = count === runs ? plural(count, "run") : `${count} of ${plural(runs, "run")}`;
  const interval = low === null || high === null ? "" : `, 95% interval ${formatNumber(low)} to ${formatNumber(high)}`;
  const range = `median ${formatNumber(median)}, min ${formatNumber(lowest)}, max ${formatNumber(highest)}`;
  return `Mean of ${base}${interval}; ${range}.`;
}
