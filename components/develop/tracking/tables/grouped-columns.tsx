import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import type { Column } from "#components/ui/data-table.tsx";
import { formatCount, formatCountOf, noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { RunGroup, RunGroups, RunTableRow } from "#server/develop/tracking/tables/contract.ts";
import { decimalsOf } from "../runs/run-values.ts";
import { withColumnAfterName } from "./column-layout.ts";
import { columnName } from "./column-names.ts";
import classes from "./grouped-columns.module.css";
import { describeMean, formatMean, type GroupedRow } from "./run-groups.ts";

interface GroupedColumnsInput {
  groups: RunGroups;
  /** Columns of the run table, the name first. */
  columns: Column<RunTableRow>[];
  sortHref: (column: string) => string | undefined;
  onToggle: (value: string | null) => void;
  /** Returns the path of the list of the remaining runs of a group. */
  moreHref: (value: string | null) => string;
}

/** Width of "100,000" with padding. */
const runsWidth = 80;

/** Returns the columns of a grouped table: the common value of the runs, their count, and the run columns. */
export function groupedColumns(input: GroupedColumnsInput): Column<GroupedRow>[] {
  const { groups, columns, sortHref, onToggle, moreHref } = input;
  const [name] = columns;
  const sorted = (key: string) => {
    const href = sortHref(key);
    return href ? { sortHref: href } : {};
  };
  const value: Column<GroupedRow> = {
    key: "value",
    head: columnName(groups.by),
    ...sorted("value"),
    ...(name?.pinnedAt !== undefined && { width: name.width, pinnedAt: name.pinnedAt, isClipped: true }),
    cell: (row) => {
      if (row.kind === "group") return <Toggle row={row} onToggle={onToggle} />;
      if (row.kind === "run") return <span className={classes.run}>{name?.cell(row.row)}</span>;
      return (
        <span className={`${classes.run} lw-small`}>
          {formatCountOf(row.shown, row.found)} shown, <Link href={moreHref(row.value)}>show all</Link>
        </span>
      );
    },
  };
  const runs: Column<GroupedRow> = {
    key: "runs",
    head: "Runs",
    align: "right",
    width: runsWidth,
    ...sorted("runs"),
    cell: (row) => (row.kind === "group" ? formatCount(row.group.runs) : null),
  };
  const others = columns.slice(1).map((column): Column<GroupedRow> => {
    const { cell, span, sortHref: _, ...rest } = column;
    const ofGroup = groupCell(column.key, groups);
    return {
      ...rest,
      ...sorted(column.key),
      cell: (row) => (row.kind === "run" ? cell(row.row) : row.kind === "group" ? ofGroup(row.group) : null),
      span: (row) => (row.kind === "run" ? (span?.(row.row) ?? 1) : 1),
    };
  });
  return withColumnAfterName([value, ...others], runs);
}

function groupCell(key: string, { groups, metrics }: RunGroups): (group: RunGroup) => React.ReactNode {
  if (key === "started") return ({ newestAt }) => <RelativeTime at={newestAt} />;
  const metric = metrics.find((each) => key === `metrics.${each}`);
  if (metric === undefined) return () => null;
  const decimals = decimalsOf(groups.map((group) => group.metrics[metric]?.mean));
  return (group) => {
    const figures = group.metrics[metric];
    if (!figures) return <span className="lw-quiet">{noValue}</span>;
    return <span title={describeMean(figures, group.runs)}>{formatMean(figures, decimals)}</span>;
  };
}

function Toggle({ row, onToggle }: { row: GroupedRow & { kind: "group" }; onToggle: (value: string | null) => void }) {
  const { value } = row.group;
  const Mark = row.isOpen ? IconChevronDown : IconChevronRight;
  return (
    <button
      className={classes.toggle}
      type="button"
      aria-expanded={row.isOpen}
      data-lw-toggle
      onClick={() => onToggle(value)}
    >
      <Mark size={15} stroke={1.8} aria-hidden="true" />
      <span className={`${classes.value} lw-truncate`} title={value ?? undefined}>
        {value ?? <span className="lw-quiet">{noValue}</span>}
      </span>
    </button>
  );
}
