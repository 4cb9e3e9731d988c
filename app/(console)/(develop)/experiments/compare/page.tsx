import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { foundOrNot } from "#app/_lib/found.ts";
import { CompareArtifacts } from "#components/develop/tracking/compare/compare-artifacts.tsx";
import { CompareCharts } from "#components/develop/tracking/compare/compare-charts.tsx";
import { CompareChips } from "#components/develop/tracking/compare/compare-chips.tsx";
import { CompareParallel } from "#components/develop/tracking/compare/compare-parallel.tsx";
import { CompareRunsList } from "#components/develop/tracking/compare/compare-runs-list.tsx";
import { CompareScatter } from "#components/develop/tracking/compare/compare-scatter.tsx";
import { CompareTabs } from "#components/develop/tracking/compare/compare-tabs.tsx";
import {
  type CompareView,
  compareLimits,
  readCompareView,
  readRunIds,
} from "#components/develop/tracking/compare/compare-view.ts";
import { DifferenceTable } from "#components/develop/tracking/compare/difference-table.tsx";
import { readCurveView } from "#components/develop/tracking/metrics/curve-view.ts";
import { bestRun } from "#components/develop/tracking/register/best-run.ts";
import { RegisterButton } from "#components/develop/tracking/register/register-run.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { formatCountOf, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, StaleLine } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import { chooseHeadline, guessDirection } from "#server/develop/tracking/headline.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import { getRun } from "#server/develop/tracking/runs/queries.ts";
import { getExperimentHead } from "#server/develop/tracking/tables/experiment-queries.ts";
import { registerFromRunAction } from "../../models/actions.ts";
import { readArtifacts } from "./read-artifacts.ts";
import { readCurves, readValues } from "./read-page.ts";

export const metadata = { title: "Compare runs, Experiments" };

export default async function ComparePage({ searchParams }: PageProps<"/experiments/compare">) {
  const address = addressOf(await searchParams);
  const ctx = await requireContext();
  const requested = readRunIds(address.get("runs") ?? "");
  const runs = (await Promise.all(requested.map((id) => foundOrNot(getRun(ctx, id))))).filter(
    (run) => run !== undefined,
  );
  const missingCount = requested.length - runs.length;
  const view = readCompareView(address);
  const title = `Compare ${plural(runs.length, "run")}`;
  const [first] = runs;
  const isOneExperiment = new Set(runs.map(({ experimentId }) => experimentId)).size === 1;
  const best = runs.length > 1 ? bestOf(runs) : undefined;
  const back = first && isOneExperiment ? `/experiments/${first.experimentId}` : "/experiments";
  return (
    <Page live crumbs={[{ label: "Experiments", href: "/experiments" }, { label: title }]}>
      <PageHead
        help="connect-python#track-experiments"
        title={title}
        context={<Link href={back}>Choose different runs</Link>}
        actions={
          best && (
            <RegisterButton
              run={best}
              label={`Register ${best.name}…`}
              modelName={isOneExperiment ? await experimentName(ctx, best.experimentId) : ""}
              why={denialReason(ctx.actor.role, "registerFromRun")}
              register={registerFromRunAction}
              primary
            />
          )
        }
      />
      {missingCount > 0 && (
        <StaleLine>
          {formatCountOf(missingCount, requested.length)} of these runs {missingCount === 1 ? "was" : "were"} not found:
          permanently deleted, or in another workspace.
        </StaleLine>
      )}
      {runs.length < compareLimits.least ? (
        <Panel flush>
          <EmptyState title="Select at least two runs">
            Select two or more runs in an experiment, then click Compare.
          </EmptyState>
        </Panel>
      ) : (
        <>
          {runs.map(({ id, status }) => status === "RUNNING" && <LiveRefresh topics={["run"]} id={id} key={id} />)}
          <CompareChips runs={runs} />
          <CompareTabs />
          <Content ctx={ctx} runs={runs} view={view} address={address} />
        </>
      )}
    </Page>
  );
}

async function Content({
  ctx,
  runs,
  view,
  address,
}: {
  ctx: Context;
  runs: Run[];
  view: CompareView;
  address: URLSearchParams;
}) {
  const compared = runs.map(({ id }) => id);
  if (view.tab === "scatter") {
    const { values, choices, scatter } = await readValues(ctx, runs, view);
    return <CompareScatter compared={compared} runs={values} choices={choices} axes={scatter} />;
  }
  if (view.tab === "artifacts") return <CompareArtifacts {...(await readArtifacts(ctx, runs, view.path))} />;
  const { x, metric } = readCurveView((name) => address.get(name));
  const { moving, most, keys, curves } = await readCurves(ctx, runs, view.tab, metric);
  const logged = new Set(runs.flatMap(({ metrics }) => metrics.map(({ key }) => key)));
  const directions = Object.fromEntries([...logged].map((key) => [key, guessDirection(key)]));
  const charts = (
    <CompareCharts
      runs={runs.map(({ id, name, startedAt }, index) => ({ id, name, startedAt, index }))}
      metrics={moving}
      initial={{ keys, x, curves }}
      directions={directions}
      most={most}
    />
  );
  if (view.tab === "curves") return charts;
  const { values, choices, axes } = await readValues(ctx, runs, view);
  return (
    <>
      {charts}
      <Columns columns="minmax(0, 1.15fr) minmax(0, 1fr)">
        <CompareParallel compared={compared} runs={values} axes={axes} choices={choices} />
        <DifferenceTable runs={runs} directions={directions} />
      </Columns>
      <CompareRunsList compared={compared} runs={values} axes={axes} />
    </>
  );
}

/** Returns the best run by the metric that represents these runs. */
function bestOf(runs: readonly Run[]): Run | undefined {
  const keys = Map.groupBy(
    runs.flatMap(({ metrics }) => metrics),
    ({ key }) => key,
  );
  const headline = chooseHeadline([...keys].map(([key, uses]) => ({ key, runs: uses.length })));
  if (headline === undefined) return undefined;
  const measuredBy = ({ metrics }: Run) => metrics.find(({ key }) => key === headline)?.value;
  const best = bestRun(
    runs.map((run) => ({ id: run.id, name: run.name, value: measuredBy(run) })),
    guessDirection(headline),
  );
  return runs.find(({ id }) => id === best?.id);
}

async function experimentName(ctx: Context, id: number): Promise<string> {
  return (await getExperimentHead(ctx, { idOrName: String(id), now: Date.now() })).name;
}

function addressOf(parameters: Record<string, string | string[] | undefined>): URLSearchParams {
  const address = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    for (const each of [value ?? []].flat()) address.append(name, each);
  return address;
}
