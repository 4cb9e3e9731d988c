"use client";

import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { FilterBar, type FilterError } from "#components/ui/filter-bar.tsx";
import { formatCountOf } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import type { GroupedRuns, RunTable, RunTableRow } from "#server/develop/tracking/tables/contract.ts";
import { type BulkActions, BulkBar, type RegisterBest } from "../bulk/bulk-bar.tsx";
import { bestRun } from "../register/best-run.ts";
import { suggestFilter } from "../search/filter-suggestions.ts";
import { addClause } from "../search/run-clauses.ts";
import { type RunView, runViewHref } from "../views/run-view.ts";
import { useQuietView } from "../views/use-quiet-view.ts";
import { CellMenu, type PickedCell } from "./cell-menu.tsx";
import { ColumnPicker } from "./column-picker.tsx";
import { GroupMenu } from "./group-menu.tsx";
import { GroupsTable } from "./groups-table.tsx";
import { NoRuns } from "./no-runs.tsx";
import classes from "./runs-panel.module.css";
import { RunsTable } from "./runs-table.tsx";
import { ChartedPlaces } from "./selected-runs.tsx";
import { useReload } from "./use-reload.ts";
import { useLastGood, useRefreshOnChange, useSteadyRows } from "./use-run-rows.ts";

interface RunsPanelProps {
  /** Undefined when the filter cannot be read: the last good table stays. */
  table: RunTable | undefined;
  /** The groups, when the runs are grouped. */
  grouped: GroupedRuns | undefined;
  error: FilterError | undefined;
  view: RunView;
  experimentId: number;
  /** Runs of the experiment without the filter. */
  total: number;
  perPage: number;
  /** `why` nothing can be changed: "needs the role member". */
  viewer: { name: string; why: string | undefined };
  actions: BulkActions;
  register: RegisterBest;
  /** Places in the order of colours, by run, of those that the charts of the same view draw. */
  places: Readonly<Record<string, number>>;
}

/** Renders the query bar, groups, column picker and the table of runs, whose rows update while the runs log. */
export function RunsPanel(props: RunsPanelProps) {
  const { error, view: requested, experimentId, total, perPage, viewer, actions } = props;
  const router = useRouter();
  const path = `/experiments/${experimentId}`;
  const { table, grouped } = useLastGood(props.table, props.grouped);
  const { view, isAll, keep } = useQuietView(requested, path);
  const { selected, widths } = view;
  const steady = useSteadyRows(table?.rows ?? [], runViewHref(path, { ...requested, selected: [], widths: {} }));
  const rows = grouped ? grouped.opened.flatMap(({ rows }) => rows) : steady.rows;
  useRefreshOnChange(rows, experimentId);
  const reload = useReload(steady.adopt);
  const go = (change: Partial<RunView>) => router.push(runViewHref(path, { ...view, ...change }), { scroll: false });
  const select = (ids: string[]) => keep({ selected: ids });
  const resize = (key: string, width: number) => keep({ widths: { ...widths, [key]: width } }, isAll);
  const [picked, setPicked] = useState<PickedCell>();
  const selection = { ids: selected, onChange: select };
  const places = useMemo(() => new Map(Object.entries(props.places)), [props.places]);
  const shown = { view, path, perPage, selection, widths, onResize: resize, onPick: setPicked };
  return (
    <ChartedPlaces value={places}>
      <div className={classes.bar}>
        <FilterBar
          label="Filter runs"
          placeholder="metrics.val_accuracy > 0.9 and status = 'FINISHED'"
          value={view.q}
          error={error}
          result={
            table && (view.isTrash ? undefined : formatCountOf(table.found, total) + (total === 1 ? " run" : " runs"))
          }
          onSubmit={(q) => go({ q, page: 1 })}
          complete={(query, caret) => suggestFilter(experimentId, query, caret)}
        />
        {!view.isTrash && (
          <GroupMenu
            experimentId={experimentId}
            groupBy={view.groupBy}
            onChange={(groupBy) => go({ groupBy, opened: [], page: 1, sort: undefined })}
          />
        )}
        {table && (
          <ColumnPicker
            experimentId={experimentId}
            columns={table.columns}
            pinned={view.pinned}
            choices={table.choices}
            onChange={go}
          />
        )}
      </div>
      <Panel flush>
        {/* Most runs of a group are not shown, so no event reports a change of its mean. */}
        {grouped && <LiveRefresh topics={[]} everyMs={15_000} />}
        {grouped && table && grouped.groups.total > 0 ? (
          <GroupsTable {...shown} grouped={grouped} onToggle={(opened) => go({ opened })} />
        ) : !table || grouped || rows.length === 0 ? (
          <NoRuns
            table={table}
            view={view}
            total={total}
            first={runViewHref(path, { ...view, page: 1 })}
            onClear={() => go({ q: "", page: 1 })}
          />
        ) : (
          <RunsTable {...shown} table={{ ...table, rows }} fresh={steady.fresh} onFresh={steady.adopt} />
        )}
      </Panel>
      {picked && (
        <CellMenu
          cell={picked}
          onClause={(clause) => go({ q: addClause(view.q, clause), page: 1 })}
          onClose={() => setPicked(undefined)}
        />
      )}
      <BulkBar
        experimentId={experimentId}
        selected={selected}
        places={places}
        isAll={isAll}
        actions={actions}
        register={props.register}
        best={bestOf(rows, selected, table?.headline)}
        filter={view.q}
        found={table?.found ?? 0}
        isTrash={view.isTrash}
        viewerName={viewer.name}
        why={viewer.why}
        onAll={() => keep({}, true)}
        onClear={() => select([])}
        onChanged={reload}
      />
    </ChartedPlaces>
  );
}

/** Runs on other pages are selected too, but their values are not known here. */
function bestOf(rows: readonly RunTableRow[], selected: readonly string[], headline: RunTable["headline"]) {
  const known = rows.filter(({ run }) => selected.includes(run.id));
  if (known.length < selected.length) return undefined;
  return bestRun(
    known.map(({ run, metrics }) => ({ id: run.id, name: run.name, value: metrics[headline?.key ?? ""] })),
    headline?.direction ?? "unknown",
  );
}
