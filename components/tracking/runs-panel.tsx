"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { DataTable } from "#components/ui/data-table.tsx";
import { FilterBar, type FilterError } from "#components/ui/filter-bar.tsx";
import { formatCountOf, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TableFoot } from "#components/ui/table-foot.tsx";
import type { RunTable } from "#server/tracking/contract.ts";
import { firstDirection } from "./column-names.ts";
import { ColumnPicker } from "./column-picker.tsx";
import { CompareBar } from "./compare-bar.tsx";
import { runColumns } from "./run-columns.tsx";
import { type RunView, runViewHref, sortedBy } from "./run-view.ts";
import classes from "./runs-panel.module.css";
import { useLastGood, useRefreshOnChange, useSteadyRows } from "./use-run-rows.ts";

interface RunsPanelProps {
  /** Undefined when the filter cannot be read: the last good table stays. */
  table: RunTable | undefined;
  error: FilterError | undefined;
  view: RunView;
  experimentId: number;
  /** Runs of the experiment without the filter. */
  total: number;
  perPage: number;
}

/** Query bar, column picker and the table of runs, whose rows follow the runs while they log. */
export function RunsPanel({ table: given, error, view: asked, experimentId, total, perPage }: RunsPanelProps) {
  const router = useRouter();
  const path = `/experiments/${experimentId}`;
  const table = useLastGood(given);
  const [selected, setSelected] = useState(asked.selected);
  const view = { ...asked, selected };
  const { rows, fresh, adopt } = useSteadyRows(table?.rows ?? [], runViewHref(path, { ...asked, selected: [] }));
  useRefreshOnChange(rows, experimentId);
  const go = (change: Partial<RunView>) => router.push(runViewHref(path, { ...view, ...change }), { scroll: false });
  const from = (view.page - 1) * perPage;
  function select(ids: string[]) {
    setSelected(ids);
    // The address follows without asking the server for the same rows.
    window.history.replaceState(null, "", runViewHref(path, { ...asked, selected: ids }));
  }
  return (
    <>
      <div className={classes.bar}>
        <FilterBar
          label="Filter runs"
          placeholder="metrics.val_accuracy > 0.9 and status = 'FINISHED'"
          value={view.q}
          error={error}
          result={table && formatCountOf(table.found, total) + (total === 1 ? " run" : " runs")}
          onSubmit={(q) => go({ q, page: 1 })}
        />
        {table && (
          <ColumnPicker columns={table.columns} choices={table.choices} onChange={(columns) => go({ columns })} />
        )}
      </div>
      <Panel flush>
        {!table || rows.length === 0 ? (
          <NoRows table={table} total={total} first={runViewHref(path, { ...view, page: 1 })} />
        ) : (
          <DataTable
            label="Runs"
            density="dense"
            rows={rows}
            columns={runColumns({ ...table, rows }, (column) => sortHref(column, table, view, path), selected)}
            selection={{ ids: selected, onChange: select }}
            rowName={({ run }) => run.name}
            rowKey={({ run }) => run.id}
            rowHref={({ run }) => `${path}/runs/${run.id}`}
            sort={{ key: table.sort.column, direction: table.sort.descending ? "descending" : "ascending" }}
            foot={
              <>
                {fresh > 0 && (
                  <button className={classes.fresh} type="button" onClick={adopt}>
                    Show {plural(fresh, "new run")}
                  </button>
                )}
                <TableFoot
                  from={from + 1}
                  to={from + rows.length}
                  total={table.found}
                  noun="run"
                  previousHref={view.page > 1 ? runViewHref(path, { ...view, page: view.page - 1 }) : undefined}
                  nextHref={
                    from + rows.length < table.found ? runViewHref(path, { ...view, page: view.page + 1 }) : undefined
                  }
                />
              </>
            }
          />
        )}
      </Panel>
      <CompareBar selected={selected} onClear={() => select([])} />
    </>
  );
}

function NoRows({ table, total, first }: { table: RunTable | undefined; total: number; first: string }) {
  if (!table) return <EmptyState title="The filter cannot be read">The bar above says which part.</EmptyState>;
  if (table.found > 0) {
    return (
      <EmptyState title="There is no such page" action={<Link href={first}>To the first page</Link>}>
        {plural(table.found, "run")} fit on fewer.
      </EmptyState>
    );
  }
  return <EmptyState title="No run satisfies the filter">{plural(total, "run")} without it.</EmptyState>;
}

function sortHref(column: string, table: RunTable, view: RunView, path: string): string | undefined {
  const isHeadline = column === `metrics.${table.headline?.key}`;
  const first = isHeadline && table.headline?.direction === "lower" ? "ascending" : firstDirection(column);
  return first && runViewHref(path, sortedBy({ ...view, sort: table.sort }, column, first));
}
