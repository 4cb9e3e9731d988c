import { requireContext, runtime } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { locateComplaint } from "#components/tracking/filter-error.ts";
import { FirstRun } from "#components/tracking/first-run.tsx";
import { runTabs } from "#components/tracking/run-tabs.ts";
import { type RunView, readRunView } from "#components/tracking/run-view.ts";
import { RunsPanel } from "#components/tracking/runs-panel.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { Context } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import type { ExperimentSummary, RunTable } from "#server/tracking/contract.ts";
import { getExperimentSummary, listExperimentSummaries } from "#server/tracking/tables/experiment-queries.ts";
import { getRunTable } from "#server/tracking/tables/run-table.ts";
import { trackingToken } from "../tracking-token.ts";

type Props = PageProps<"/experiments/[experiment]">;

async function experimentOf(ctx: Context, params: Props["params"]) {
  const idOrName = decodeURIComponent((await params).experiment);
  return found(getExperimentSummary(ctx, { idOrName, now: Date.now() }));
}

export async function generateMetadata({ params }: Props) {
  const { name } = await experimentOf(await requireContext(), params);
  return { title: `${name}, Experiments` };
}

const perPage = 50;

export default async function ExperimentPage({ params, searchParams }: Props) {
  const ctx = await requireContext();
  const view = readRunView(await searchParams);
  const experiment = await experimentOf(ctx, params);
  const { rows: others } = await listExperimentSummaries(ctx, { offset: 0, limit: 20, now: Date.now() });
  const siblings = others.map(({ id, name }) => ({ label: name, href: `/experiments/${id}` }));
  const shown = experiment.runs > 0 ? await tableOf(ctx, experiment, view) : undefined;
  return (
    <Page
      live
      crumbs={[
        { label: "Experiments", href: "/experiments" },
        { label: experiment.name, siblings },
      ]}
    >
      <PageHead
        title={experiment.name}
        context={contextOf(experiment, view.sort ? undefined : shown?.table)}
        sentence={experiment.note ? experiment.note.split("\n", 1)[0] : undefined}
      />
      {!shown ? (
        <Panel flush>
          <LiveRefresh topics={["experiment"]} id={String(experiment.id)} />
          <FirstRun
            trackingUrl={runtime().config.publicUrl}
            experimentName={experiment.name}
            experimentId={experiment.id}
            tokenName={await trackingToken(ctx)}
          />
        </Panel>
      ) : (
        <>
          <Tabs label="Runs by state" items={runTabs(experiment, view)} />
          <RunsPanel {...shown} view={view} experimentId={experiment.id} total={experiment.runs} perPage={perPage} />
        </>
      )}
    </Page>
  );
}

function contextOf({ runs, running, silent }: ExperimentSummary, table: RunTable | undefined): string {
  if (runs === 0) return "Experiment without runs";
  const parts = [plural(runs, "run"), `${formatCount(running)} running now`];
  if (silent > 0) parts.push(`${formatCount(silent)} silent`);
  if (table) parts.push(table.sort.column === "started" ? "newest first" : `best ${table.headline?.key} first`);
  return `Experiment, ${parts.join(", ")}`;
}

/** The table, or what is wrong with the filter. */
async function tableOf(ctx: Context, experiment: ExperimentSummary, view: RunView) {
  const question = { experimentId: experiment.id, filter: view.q, sort: view.sort, columns: view.columns };
  try {
    const table: RunTable = await getRunTable(ctx, { ...question, offset: (view.page - 1) * perPage, limit: perPage });
    return { table, error: undefined };
  } catch (error) {
    if (!(error instanceof DomainError && error.code === "invalid")) throw error;
    return { table: undefined, error: locateComplaint(view.q, error.message, error.column) };
  }
}
