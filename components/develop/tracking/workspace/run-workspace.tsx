"use client";

import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { useRefreshWhen } from "#components/shell/use-refresh-when.ts";
import { FilterBar, type FilterError } from "#components/ui/filter-bar.tsx";
import { formatCount, formatCountOf, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import type { RunWorkspace } from "#server/develop/tracking/workspace/contract.ts";
import { type BulkActions, BulkBar, type RegisterBest } from "../bulk/bulk-bar.tsx";
import { CurveControls } from "../metrics/curve-controls.tsx";
import { type CurveView, readCurveView, writeCurveView } from "../metrics/curve-view.ts";
import { bestRun } from "../register/best-run.ts";
import { RegisterDialog } from "../register/register-run.tsx";
import { suggestFilter } from "../search/filter-suggestions.ts";
import { columnName } from "../tables/column-names.ts";
import { GroupMenu } from "../tables/group-menu.tsx";
import { NoRuns } from "../tables/no-runs.tsx";
import { useReload } from "../tables/use-reload.ts";
import { noGroups, type RunView, runViewHref } from "../views/run-view.ts";
import { useQuietView } from "../views/use-quiet-view.ts";
import { type Band, chartLines, readBand } from "./chart-lines.ts";
import { ChartSectionPanels } from "./chart-section.tsx";
import { chartSections, readFolded, writeFolded } from "./chart-sections.ts";
import { RunLegend } from "./run-legend.tsx";
import classes from "./run-workspace.module.css";
import { useLiveCurves } from "./use-section-curves.ts";

interface RunWorkspaceProps {
  /** Undefined when the filter cannot be read: the last good charts stay. */
  workspace: RunWorkspace | undefined;
  error: FilterError | undefined;
  view: RunView;
  experimentId: number;
  /** Runs of the experiment without the filter. */
  total: number;
  /** `why` nothing can be changed: "needs the role member". */
  viewer: { name: string; why: string | undefined };
  actions: BulkActions;
  register: RegisterBest;
}

/** Renders the runs of an experiment as a legend beside charts of their metrics, which update while the runs log. */
export function RunWorkspacePanels(props: RunWorkspaceProps) {
  const { error, experimentId, total, viewer, actions } = props;
  const router = useRouter();
  const path = `/experiments/${experimentId}`;
  const workspace = useLast(props.workspace);
  const { view, isAll, keep } = useQuietView(props.view, path);
  const { hidden, selected, charts } = view;
  const curveView = readCurveView((name) => charts[name]);
  const onView = (change: Partial<CurveView>) =>
    keep({ charts: Object.fromEntries(writeCurveView(new URLSearchParams(charts), change)) });
  const band = readBand(charts.band);
  const groups = workspace?.groups ?? none;
  const runIds = useMemo(() => groups.flatMap(({ runs }) => runs.map(({ run }) => run.id)), [groups]);
  // Wall time has no common positions that a mean could be taken at.
  const drawn: Band = curveView.x === "time" ? "runs" : band;
  const lines = useMemo(() => chartLines(groups, hidden, drawn), [groups, hidden, drawn]);
  useLiveCurves(experimentId, runIds);
  useRefreshWhen(
    ({ topic, id }) =>
      (topic === "run" && runIds.includes(id)) || (topic === "experiment" && id === String(experimentId)),
  );
  const reload = useReload(() => {});
  const [registered, setRegistered] = useState<{ id: string; name: string }>();
  const go = (change: Partial<RunView>) => router.push(runViewHref(path, { ...view, ...change }), { scroll: false });
  const put = (name: string, value: string | undefined) => {
    const { [name]: _, ...others } = charts;
    keep({ charts: value === undefined ? others : { ...others, [name]: value } });
  };
  const folded = readFolded(charts.fold);
  const sections = chartSections(workspace?.metrics ?? [], curveView.metric);
  const metricCount = sections.reduce((sum, { metrics }) => sum + metrics.length, 0);
  return (
    <>
      <div className={classes.workspace}>
        <Panel flush className={classes.runs}>
          <div className={classes.bar}>
            <FilterBar
              label="Filter runs"
              placeholder="Filter runs"
              value={view.q}
              error={error}
              result={workspace && formatCountOf(workspace.found, total)}
              onSubmit={(q) => go({ q })}
              complete={(query, caret) => suggestFilter(experimentId, query, caret)}
            />
            <div className={classes.menus}>
              <GroupMenu
                experimentId={experimentId}
                groupBy={view.groupBy === noGroups ? undefined : view.groupBy}
                seeds={{ isChosen: view.groupBy === undefined, choose: () => go({ groupBy: undefined }) }}
                onChange={(groupBy) => go({ groupBy: groupBy ?? noGroups })}
              />
              {workspace && <SortMenu workspace={workspace} onSort={(sort) => go({ sort })} />}
            </div>
          </div>
          {groups.length === 0 ? (
            <NoRuns
              table={workspace && { found: workspace.found }}
              view={view}
              total={total}
              first={runViewHref(path, view)}
              onClear={() => go({ q: "" })}
            />
          ) : (
            <RunLegend
              groups={groups}
              metric={workspace?.metric}
              path={path}
              hidden={hidden}
              selected={selected}
              onHide={(ids) => keep({ hidden: ids }, isAll)}
              onSelect={(ids) => keep({ selected: ids })}
              onRegister={props.register.why === undefined ? setRegistered : undefined}
            />
          )}
          {workspace && groups.length > 0 && (
            <p className={classes.foot}>
              <span>{footOf(workspace, runIds.length)}</span>
              <span>J K move, Space select</span>
            </p>
          )}
        </Panel>
        <div className={classes.charts}>
          {groups.length > 0 && (
            <>
              <CurveControls
                view={curveView}
                onView={onView}
                metrics={{ all: workspace?.metrics.length ?? 0, drawn: metricCount }}
              />
              {groups.some(({ isGroup }) => isGroup) && curveView.x !== "time" && (
                <Segmented<Band>
                  label="How groups are drawn"
                  value={band}
                  onChange={(value) => put("band", value === "deviation" ? undefined : value)}
                  options={bandOptions}
                />
              )}
              {sections.length === 0 && (
                <Panel flush>
                  <EmptyState title={curveView.metric ? "No matching metric" : "No metrics yet"}>
                    {curveView.metric
                      ? "Press Esc in the search field to show all metrics."
                      : "Charts appear here as soon as one of these runs logs a metric."}
                  </EmptyState>
                </Panel>
              )}
              {sections.map((section) => (
                <ChartSectionPanels
                  section={section}
                  experimentId={experimentId}
                  runIds={runIds}
                  lines={lines}
                  view={curveView}
                  band={drawn}
                  onView={onView}
                  isFolded={folded.includes(section.name)}
                  onFold={() => put("fold", writeFolded(toggled(folded, section.name)))}
                  key={section.name}
                />
              ))}
            </>
          )}
        </div>
      </div>
      <RegisterDialog
        run={registered}
        modelName={props.register.modelName}
        register={props.register.action}
        onClose={() => setRegistered(undefined)}
      />
      <BulkBar
        experimentId={experimentId}
        selected={selected}
        isAll={isAll}
        actions={actions}
        register={props.register}
        best={workspace && bestOf(workspace, selected)}
        filter={view.q}
        found={workspace?.found ?? 0}
        isTrash={false}
        viewerName={viewer.name}
        why={viewer.why}
        onAll={() => keep({}, true)}
        onClear={() => keep({ selected: [] })}
        onChanged={reload}
      />
    </>
  );
}

const none: RunWorkspace["groups"] = [];

const bandOptions = [
  { value: "deviation" as const, label: "Mean ± std" },
  { value: "range" as const, label: "Min to max" },
  { value: "runs" as const, label: "Each run" },
];

/** Returns the workspace that was last read without an error. */
function useLast(workspace: RunWorkspace | undefined): RunWorkspace | undefined {
  const [last, setLast] = useState(workspace);
  if (workspace && workspace !== last) setLast(workspace);
  return workspace ?? last;
}

function toggled(list: readonly string[], name: string): string[] {
  return list.includes(name) ? list.filter((each) => each !== name) : [...list, name];
}

function footOf({ found, groups }: RunWorkspace, runs: number): string {
  const grouped = groups.filter(({ isGroup }) => isGroup).length;
  const shown = found > runs ? `First ${runs} of ${formatCount(found)} runs` : plural(runs, "run");
  return grouped > 0 ? `${shown}, ${plural(grouped, "group")}` : shown;
}

function bestOf({ groups, direction }: RunWorkspace, selected: readonly string[]) {
  const known = groups
    .flatMap(({ runs }) => runs)
    .flatMap(({ run: { id, name }, value }) => (selected.includes(id) ? [{ id, name, value }] : []));
  return known.length < selected.length ? undefined : bestRun(known, direction);
}

interface SortMenuProps {
  workspace: RunWorkspace;
  onSort: (sort: RunView["sort"]) => void;
}

/** Orders the list: best first by its metric, which is the default, newest first, or by name. */
function SortMenu({ workspace: { sort }, onSort }: SortMenuProps) {
  const isBest = sort.column.startsWith("metrics.");
  const name = isBest ? `best ${columnName(sort.column)}` : sort.column === "name" ? "name" : "newest";
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          variant="default"
          h={32}
          px={10}
          rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
          aria-label={`Sort: ${name}`}
        >
          Sort&ensp;<span className={`${classes.sort} lw-truncate`}>{isBest ? "best" : name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onSort(undefined)}>Best first</Menu.Item>
        <Menu.Item onClick={() => onSort({ column: "started", descending: true })}>Newest first</Menu.Item>
        <Menu.Item onClick={() => onSort({ column: "name", descending: false })}>Name</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
