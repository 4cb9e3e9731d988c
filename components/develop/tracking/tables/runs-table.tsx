"use client";

import { useMemo } from "react";
import { DataTable, type Selection } from "#components/ui/data-table.tsx";
import { plural } from "#components/ui/format.ts";
import { TableFoot } from "#components/ui/table-foot.tsx";
import type { RunTable } from "#server/develop/tracking/tables/contract.ts";
import { type PagePosition, type RunView, runViewHref, sortedBy } from "../views/run-view.ts";
import type { PickedCell } from "./cell-menu.tsx";
import { firstDirection } from "./column-names.ts";
import { headedColumns, runColumns } from "./run-columns.tsx";
import classes from "./runs-panel.module.css";
import { SelectedRuns } from "./selected-runs.tsx";

export interface ShownTable {
  view: RunView;
  /** Path of the experiment. */
  path: string;
  perPage: number;
  selection: Selection;
  widths: Record<string, number>;
  onResize: (key: string, width: number) => void;
  onPick: (picked: PickedCell) => void;
}

interface RunsTableProps extends ShownTable {
  table: RunTable;
  /** Number of new runs not shown until requested. */
  fresh: number;
  onFresh: () => void;
}

/** Renders a page of runs. */
export function RunsTable({
  table,
  view,
  path,
  perPage,
  selection,
  widths,
  onResize,
  onPick,
  ...waiting
}: RunsTableProps) {
  const { rows, found, sort, columns, headline } = table;
  const { pinned } = view;
  const cells = useMemo(
    () => runColumns({ table: { columns, rows, headline }, pinned, onPick }),
    [columns, rows, headline, pinned, onPick],
  );
  const { fresh, onFresh } = waiting;
  const from = (view.page - 1) * perPage;
  const page = (to: number, side: PagePosition["side"], token: string | undefined) =>
    runViewHref(path, { ...view, page: to, pagePosition: token === undefined ? undefined : { side, token } });
  return (
    <SelectedRuns value={selection.ids}>
      <DataTable
        label="Runs"
        density="dense"
        rows={rows}
        columns={headedColumns(cells, { pinned: view.pinned, widths }, (column) => sortHref(column, table, view, path))}
        onResize={onResize}
        selection={selection}
        rowName={({ run }) => run.name}
        rowKey={({ run }) => run.id}
        rowHref={({ run }) => `${path}/runs/${run.id}`}
        sort={{ key: sort.column, direction: sort.descending ? "descending" : "ascending" }}
        foot={
          <>
            {fresh > 0 && (
              <button className={classes.fresh} type="button" onClick={onFresh}>
                Show {plural(fresh, "new run")}
              </button>
            )}
            <TableFoot
              from={from + 1}
              to={from + rows.length}
              total={found}
              noun="run"
              previousHref={view.page > 1 ? page(view.page - 1, "before", table.previous) : undefined}
              nextHref={table.next && page(view.page + 1, "after", table.next)}
            />
          </>
        }
      />
    </SelectedRuns>
  );
}

function sortHref(column: string, table: RunTable, view: RunView, path: string): string | undefined {
  const isHeadline = column === `metrics.${table.headline?.key}`;
  const first = isHeadline && table.headline?.direction === "lower" ? "ascending" : firstDirection(column);
  return first && runViewHref(path, sortedBy({ ...view, sort: table.sort }, column, first));
}
