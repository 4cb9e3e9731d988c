"use client";

import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconListDetails, IconPlus } from "@tabler/icons-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { usePageKeys } from "#components/shell/use-page-keys.ts";
import { useRefreshWhen } from "#components/shell/use-refresh-when.ts";
import { FilterBar, type FilterError } from "#components/ui/filter-bar.tsx";
import { formatCount, formatCountOf, plural } from "#components/ui/format.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { MetricThreshold } from "#server/develop/registry/policy/contract.ts";
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
import { type Band, chartLines, placesOfRuns, readBand, shownRuns } from "./chart-lines.ts";
import { ChartSectionPanels } from "./chart-section.tsx";
import { chartSections, readFolded, writeFolded } from "./chart-sections.ts";
import { MediaSection } from "./media-section.tsx";
import { type OwnPanel, readPanels, withPanel, writePanels } from "./own-panels.ts";
import { OwnSection } from "./own-section.tsx";
import { fitsAddress, mediaSection, ownSection, type PanelLayout, readLayout, writeLayout } from "./panel-layout.ts";
import { RunLegend } from "./run-legend.tsx";
import classes from "./run-workspace.module.css";
import { useLiveCurves } from "./use-section-curves.ts";
import { WorkspaceRuns } from "./workspace-runs.tsx";

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
  /** Thresholds of gates for metrics of these runs. */
  gates: readonly MetricThreshold[];
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
  const fold = (name: string) => put("fold", writeFolded(toggled(folded, name)));
  const sections = chartSections(workspace?.metrics ?? [], curveView.metric);
  const metricCount = sections.reduce((sum, { metrics }) => sum + metrics.length, 0);
  const layout = readLayout(charts.layout);
  function onLayout(next: PanelLayout) {
    if (fitsAddress(next)) put("layout", writeLayout(next));
    else
      toast.failed(
        "Could not keep the arrangement.",
        "A view holds no more of it. Reset the order of a section first.",
      );
  }
  const panels = readPanels(charts.panels);
  const onPanels = (next: OwnPanel[]) => put("panels", writePanels(next));
  const [edited, setEdited] = useState<OwnPanel | { kind: OwnPanel["kind"] }>();
  const [isListOpen, setListOpen] = useState(false);
  usePageKeys((key) => {
    if (key !== "p" || groups.length === 0) return false;
    setEdited({ kind: "line" });
    return true;
  });
  const pictured = shownRuns(groups, { hidden, selected }, maxPictured);
  const shared = {
    experimentId,
    runIds,
    lines,
    view: curveView,
    band: drawn,
    gates: props.gates,
    onView,
    layout,
    onLayout,
  };
  const [firstSection, ...otherSections] = sections.map((section) => (
    <ChartSectionPanels
      {...shared}
      section={section}
      isFolded={folded.includes(section.name)}
      onFold={() => fold(section.name)}
      key={section.name}
    />
  ));
  return (
    <>
      <div className={classes.workspace}>
        <WorkspaceRuns isOpen={isListOpen} onClose={() => setListOpen(false)}>
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
        </WorkspaceRuns>
        <div className={classes.charts}>
          <Button
            className={classes.open}
            variant="default"
            aria-expanded={isListOpen}
            leftSection={<IconListDetails size={15} stroke={1.8} aria-hidden="true" />}
            onClick={() => setListOpen(true)}
          >
            {workspace ? plural(runIds.length, "run") : "Runs"}
          </Button>
          {groups.length > 0 && (
            <>
              <CurveControls
                view={curveView}
                onView={onView}
                metrics={{ all: workspace?.metrics.length ?? 0, drawn: metricCount }}
              />
              <div className={classes.tools}>
                {groups.some(({ isGroup }) => isGroup) && curveView.x !== "time" && (
                  <Segmented<Band>
                    label="How groups are drawn"
                    value={band}
                    onChange={(value) => put("band", value === "deviation" ? undefined : value)}
                    options={bandOptions}
                  />
                )}
                <span className={classes.arrange}>
                  {charts.layout && (
                    <Button variant="subtle" onClick={() => put("layout", undefined)}>
                      Reset layout
                    </Button>
                  )}
                  <Button
                    variant="default"
                    leftSection={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
                    rightSection={<Keys keys={["P"]} />}
                    onClick={() => setEdited({ kind: "line" })}
                  >
                    Add panel
                  </Button>
                </span>
              </div>
              {sections.length === 0 && (
                <Panel flush>
                  <EmptyState title={curveView.metric ? "No matching metric" : "No metrics yet"}>
                    {curveView.metric
                      ? "Press Esc in the search field to show all metrics."
                      : "Charts appear here as soon as one of these runs logs a metric."}
                  </EmptyState>
                </Panel>
              )}
              {firstSection}
              {panels.length > 0 && (
                <OwnSection
                  {...shared}
                  panels={panels}
                  onPanels={onPanels}
                  shownRuns={pictured}
                  isFolded={folded.includes(ownSection)}
                  onFold={() => fold(ownSection)}
                  onEdit={setEdited}
                />
              )}
              {workspace?.hasImages && curveView.metric === "" && (
                <MediaSection
                  {...shared}
                  shownRuns={pictured}
                  isFolded={folded.includes(mediaSection)}
                  onFold={() => fold(mediaSection)}
                />
              )}
              {otherSections}
            </>
          )}
        </div>
      </div>
      {edited && (
        <LazyPanelDialog
          edited={edited}
          panels={panels}
          experimentId={experimentId}
          metrics={workspace?.metrics ?? []}
          shownRuns={pictured}
          onClose={() => setEdited(undefined)}
          onConfirm={(panel) => {
            onPanels(withPanel(panels, panel));
            setEdited(undefined);
          }}
        />
      )}
      <RegisterDialog
        run={registered}
        modelName={props.register.modelName}
        register={props.register.action}
        onClose={() => setRegistered(undefined)}
      />
      <BulkBar
        experimentId={experimentId}
        selected={selected}
        places={placesOfRuns(groups)}
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

/** Images of more runs are too many to compare. */
const maxPictured = 4;

/** The form that adds a panel, whose code loads when it opens. */
const LazyPanelDialog = dynamic(() => import("./panel-dialog.tsx").then((module) => module.PanelDialog));

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
