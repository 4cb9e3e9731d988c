"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useLive } from "#components/shell/live-events.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import { FilterBar, type FilterError } from "#components/ui/filter-bar.tsx";
import { formatCountOf, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TableFoot } from "#components/ui/table-foot.tsx";
import type { RunTable, RunTableRow } from "#server/tracking/contract.ts";
import { firstDirection } from "./column-names.ts";
import { ColumnPicker } from "./column-picker.tsx";
import { runColumns } from "./run-columns.tsx";
import { type RunView, runViewHref, sortedBy } from "./run-view.ts";
import classes from "./runs-panel.module.css";

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
export function RunsPanel({ table: given, error, view, experimentId, total, perPage }: RunsPanelProps) {
  const router = useRouter();
  const path = `/experiments/${experimentId}`;
  const table = useLastGood(given);
  const { rows, fresh, adopt } = useSteadyRows(table?.rows ?? [], runViewHref(path, view));
  useRefreshOnChange(rows, experimentId);
  const go = (change: Partial<RunView>) => router.push(runViewHref(path, { ...view, ...change }), { scroll: false });
  const from = (view.page - 1) * perPage;
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
          <EmptyState title={table ? "No run satisfies the filter" : "The filter cannot be read"}>
            {table ? `${plural(total, "run")} without it.` : "The bar above says which part."}
          </EmptyState>
        ) : (
          <DataTable
            label="Runs"
            density="dense"
            rows={rows}
            columns={runColumns({ ...table, rows }, (column) => sortHref(column, table, view, path))}
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
    </>
  );
}

function sortHref(column: string, table: RunTable, view: RunView, path: string): string | undefined {
  const isHeadline = column === `metrics.${table.headline?.key}`;
  const first = isHeadline && table.headline?.direction === "lower" ? "ascending" : firstDirection(column);
  return first && runViewHref(path, sortedBy({ ...view, sort: table.sort }, column, first));
}

/** What was last shown without an error. */
function useLastGood(table: RunTable | undefined): RunTable | undefined {
  const [last, setLast] = useState(table);
  if (table && table !== last) setLast(table);
  return table ?? last;
}

/** Rows that change in place but never move or go while one looks at them; new ones wait to be asked for. */
function useSteadyRows(rows: RunTableRow[], view: string) {
  const [kept, setKept] = useState({ view, rows });
  if (kept.view !== view) setKept({ view, rows });
  const newest = new Map(rows.map((row) => [row.run.id, row]));
  const shown = kept.view === view ? kept.rows : rows;
  const known = new Set(shown.map(({ run }) => run.id));
  return {
    rows: shown.map((row) => newest.get(row.run.id) ?? row),
    fresh: rows.filter(({ run }) => !known.has(run.id)).length,
    adopt: () => setKept({ view, rows }),
  };
}

/** Renders the page anew, at most every second, when one of these runs or the experiment changed. */
function useRefreshOnChange(rows: readonly RunTableRow[], experimentId: number): void {
  const router = useRouter();
  const { listen } = useLive();
  const ids = rows.map(({ run }) => run.id).join(" ");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = listen((event) => {
      const concerns =
        event === "missed" ||
        (event.topic === "run" && ids.includes(event.id)) ||
        (event.topic === "experiment" && event.id === String(experimentId));
      if (!concerns) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        router.refresh();
      }, 1000);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [listen, router, ids, experimentId]);
}
