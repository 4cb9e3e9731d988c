"use client";

import { DataTable } from "#components/ui/data-table.tsx";
import { plural } from "#components/ui/format.ts";
import { TableFoot } from "#components/ui/table-foot.tsx";
import type { GroupedRuns } from "#server/develop/tracking/tables/contract.ts";
import { addClause, clauseOf } from "../search/run-clauses.ts";
import { runViewHref, sortedBy } from "../views/run-view.ts";
import { groupedColumns } from "./grouped-columns.tsx";
import { headedColumns, runColumns } from "./run-columns.tsx";
import { type GroupedRow, groupedRows, toggledGroup } from "./run-groups.ts";
import type { ShownTable } from "./runs-table.tsx";
import { SelectedRuns } from "./selected-runs.tsx";

interface GroupsTableProps extends ShownTable {
  grouped: GroupedRuns;
  onToggle: (opened: (string | null)[]) => void;
}

/** Runs by what they have in common; a group opens into its runs. */
export function GroupsTable({ grouped, view, path, perPage, selection, onToggle, ...layout }: GroupsTableProps) {
  const { table, groups, opened } = grouped;
  const rows = groupedRows(grouped);
  const from = (view.page - 1) * perPage;
  const to = from + groups.groups.length;
  const page = (number: number) => runViewHref(path, { ...view, page: number });
  const sortHref = (column: string) => {
    if (!["value", "runs"].includes(column) && !groups.metrics.includes(column.replace(/^metrics\./, "")))
      return undefined;
    const first = column === "value" ? "ascending" : "descending";
    return runViewHref(path, sortedBy({ ...view, sort: groups.sort }, column, first));
  };
  const { pinned } = view;
  const runRows = opened.flatMap(({ rows }) => rows);
  return (
    <SelectedRuns value={selection.ids}>
      <DataTable<GroupedRow>
        label="Runs"
        density="dense"
        rows={rows}
        columns={groupedColumns({
          groups,
          columns: headedColumns(
            runColumns({ table: { ...table, rows: runRows }, pinned, onPick: layout.onPick }),
            { pinned, widths: layout.widths },
            () => undefined,
          ),
          sortHref,
          onToggle: (value) => onToggle(toggledGroup(view.opened, value)),
          moreHref: (value) => {
            const clause = clauseOf(groups.by, value);
            const q = clause ? addClause(view.q, clause) : view.q;
            return runViewHref(path, { ...view, q, groupBy: undefined, opened: [], page: 1 });
          },
        })}
        onResize={layout.onResize}
        selection={selection}
        isSelectable={({ kind }) => kind === "run"}
        isGroup={({ kind }) => kind === "group"}
        rowName={(row) => (row.kind === "run" ? row.row.run.name : "")}
        rowKey={keyOf}
        rowHref={(row) => (row.kind === "run" ? `${path}/runs/${row.row.run.id}` : undefined)}
        sort={{ key: groups.sort.column, direction: groups.sort.descending ? "descending" : "ascending" }}
        foot={
          <>
            <span>{plural(groups.runs, "run")}; mean with 95% interval</span>
            <TableFoot
              from={from + 1}
              to={to}
              total={groups.total}
              noun="group"
              previousHref={view.page > 1 ? page(view.page - 1) : undefined}
              nextHref={to < groups.total ? page(view.page + 1) : undefined}
            />
          </>
        }
      />
    </SelectedRuns>
  );
}

function keyOf(row: GroupedRow): string {
  if (row.kind === "run") return row.row.run.id;
  const value = row.kind === "group" ? row.group.value : row.value;
  return `${row.kind}${value === null ? "" : `=${value}`}`;
}
