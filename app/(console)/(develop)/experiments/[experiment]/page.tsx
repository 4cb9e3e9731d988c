import { cache } from "react";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { ExperimentRetentionButton } from "#components/admin/trash/experiment-retention.tsx";
import { LazyFirstRun } from "#components/develop/tracking/experiments/lazy-first-run.tsx";
import { ExportMenu } from "#components/develop/tracking/export/export-menu.tsx";
import { ungroupable } from "#components/develop/tracking/tables/group-text.ts";
import { LazyRunsPanel } from "#components/develop/tracking/tables/lazy-runs-panel.tsx";
import { ModeLinks } from "#components/develop/tracking/views/mode-links.tsx";
import { runTabs } from "#components/develop/tracking/views/run-tabs.ts";
import { noGroups, readRunView } from "#components/develop/tracking/views/run-view.ts";
import { ViewActions } from "#components/develop/tracking/views/view-actions.tsx";
import { LazyRunWorkspace } from "#components/develop/tracking/workspace/lazy-run-workspace.tsx";
import { LazyExperimentSweeps } from "#components/improve/training/sweeps/lazy-experiment-sweeps.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StaleLine } from "#components/ui/states.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { getExperimentRetention } from "#server/admin/trash/retention-queries.ts";
import type { Context } from "#server/base/context.ts";
import { listExperimentGates } from "#server/develop/registry/policy/list-experiment-gates.ts";
import type { ExperimentHead } from "#server/develop/tracking/experiments/contract.ts";
import { searchExperiments } from "#server/develop/tracking/experiments/queries.ts";
import type { RunTable } from "#server/develop/tracking/tables/contract.ts";
import { getExperimentHead } from "#server/develop/tracking/tables/experiment-queries.ts";
import { listViews } from "#server/develop/tracking/views/queries.ts";
import { countSweeps } from "#server/improve/training/sweeps/queries.ts";
import { createTokenAction } from "../../../(admin)/settings/tokens/actions.ts";
import { registerFromRunAction } from "../../models/actions.ts";
import { trackingToken } from "../tracking-token.ts";
import {
  createViewAction,
  deleteRunsAction,
  deleteViewAction,
  restoreRunsAction,
  setRetentionAction,
  tagRunsAction,
  updateViewAction,
} from "./actions.ts";
import { hasRuns, perPage, readFilter, readPlaces, readRuns, readSweeps, readWorkspace } from "./read-page.ts";

type Props = PageProps<"/experiments/[experiment]">;

/** Reads the experiment once per request, because the page title needs it too. */
const experimentOf = cache(async (ctx: Context, segment: string) =>
  found(getExperimentHead(ctx, { idOrName: decodeURIComponent(segment), now: Date.now() })),
);

export async function generateMetadata({ params }: Props) {
  const { name } = await experimentOf(await requireContext(), (await params).experiment);
  return { title: `${name}, Experiments` };
}

export default async function ExperimentPage({ params, searchParams }: Props) {
  const ctx = await requireContext();
  const experiment = await experimentOf(ctx, (await params).experiment);
  const views = await listViews(ctx, experiment.id);
  const address = await searchParams;
  const requested = readRunView(address, views);
  const isCharts = requested.mode === "charts" && !requested.isTrash;
  const isFlat = requested.groupBy === noGroups;
  const notGrouped = isFlat ? undefined : ungroupable(requested.groupBy);
  const isGroupless = notGrouped !== undefined || (isFlat && !isCharts);
  const { filter: q, problem } = await readFilter(ctx, experiment, requested.q);
  const view = { ...requested, q, ...(isGroupless && { groupBy: undefined }) };
  const saved = views.find(({ id }) => id === view.viewId);
  const [{ rows: others }, isStarted, retention, sweepCount] = await Promise.all([
    searchExperiments(ctx, { orderBy: ["last_update_time DESC"], limit: 20 }),
    hasRuns(ctx, experiment),
    getExperimentRetention(ctx, { experimentId: experiment.id }),
    countSweeps(ctx, experiment.id),
  ]);
  const isSweeps = isStarted && requested.mode === "sweeps";
  const isTable = isStarted && !isCharts && !isSweeps;
  const unread = { table: undefined, grouped: undefined, workspace: undefined, error: problem };
  const shown = isTable ? (problem ? unread : await readRuns(ctx, experiment, view)) : undefined;
  const hasColours = isTable && !problem && !view.isTrash;
  const places = hasColours ? await readPlaces(ctx, experiment, view) : {};
  const charted = isStarted && isCharts ? (problem ? unread : await readWorkspace(ctx, experiment, view)) : undefined;
  const gates = charted ? await listExperimentGates(ctx, experiment.id) : [];
  const siblings = others.map(({ id, name }) => ({ label: name, href: `/experiments/${id}` }));
  const why = denialReason(ctx.actor.role, "tagRuns");
  const path = `/experiments/${experiment.id}`;
  const panel = {
    view,
    experimentId: experiment.id,
    total: experiment.runs,
    viewer: { name: ctx.actor.name, why },
    actions: { tag: tagRunsAction, remove: deleteRunsAction, restore: restoreRunsAction },
    register: {
      modelName: experiment.name,
      why: denialReason(ctx.actor.role, "registerFromRun"),
      action: registerFromRunAction,
    },
  };
  return (
    <Page
      live
      crumbs={[
        { label: "Experiments", href: "/experiments" },
        { label: experiment.name, siblings },
      ]}
    >
      <PageHead
        help="connect-python#track-experiments"
        title={experiment.name}
        badges={isStarted && <ModeLinks path={path} view={view} hasSweeps={sweepCount > 0 || isSweeps} />}
        context={contextOf(experiment, view.sort ? undefined : shown?.table)}
        sentence={experiment.note ? experiment.note.split("\n", 1)[0] : undefined}
        actions={
          <>
            <ExperimentRetentionButton
              experimentId={experiment.id}
              retention={retention}
              disabledReason={denialReason(ctx.actor.role, "setExperimentRetention")}
              action={setRetentionAction}
            />
            {shown?.table && !view.isTrash && (
              <ExportMenu
                experimentId={experiment.id}
                filter={view.q}
                sort={shown.table.sort}
                columns={shown.table.columns}
                found={shown.table.found}
              />
            )}
          </>
        }
      />
      {!isStarted ? (
        <Panel flush>
          <LiveRefresh topics={["experiment"]} id={String(experiment.id)} />
          <LazyFirstRun
            trackingUrl={runtime().config.publicUrl}
            experimentName={experiment.name}
            experimentId={experiment.id}
            token={await trackingToken(ctx)}
            createToken={createTokenAction}
          />
        </Panel>
      ) : isSweeps ? (
        <LazyExperimentSweeps path={path} {...(await readSweeps(ctx, experiment, address.sweep))} />
      ) : (
        <>
          {view.viewId && !saved && <StaleLine>This view was deleted or is private to its owner.</StaleLine>}
          {notGrouped && <StaleLine>{notGrouped}</StaleLine>}
          <Tabs
            label="Views"
            items={runTabs(experiment, view, views)}
            right={<ViewActions experimentId={experiment.id} saved={saved} why={why} actions={viewActions} />}
          />
          {shown && <LazyRunsPanel {...shown} {...panel} places={places} perPage={perPage} />}
          {charted && <LazyRunWorkspace {...charted} {...panel} gates={gates} />}
        </>
      )}
    </Page>
  );
}

const viewActions = { create: createViewAction, update: updateViewAction, remove: deleteViewAction };

function contextOf({ runs, running, silent }: ExperimentHead, table: RunTable | undefined): string {
  if (runs === 0) return "No runs yet";
  const parts = [plural(runs, "run"), `${formatCount(running)} running now`];
  if (silent > 0) parts.push(`${formatCount(silent)} without heartbeat`);
  if (table) parts.push(table.sort.column === "started" ? "newest first" : `best ${table.headline?.key} first`);
  return `Experiment, ${parts.join(", ")}`;
}
