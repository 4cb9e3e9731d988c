import Link from "next/link";
import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { CompareCharts } from "#components/tracking/compare-charts.tsx";
import { CompareChips } from "#components/tracking/compare-chips.tsx";
import { compareLimits, readRunIds } from "#components/tracking/compare-view.ts";
import { readCurveView } from "#components/tracking/curve-view.ts";
import { DifferenceTable } from "#components/tracking/difference-table.tsx";
import { differences } from "#components/tracking/differences.ts";
import { metricKeys, mostCompared } from "#components/tracking/metric-groups.ts";
import { pointsPerCurve } from "#components/tracking/points-per-curve.ts";
import { plural } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { guessDirection } from "#server/tracking/headline.ts";
import { getMetricCurves } from "#server/tracking/metrics/curve-queries.ts";
import { getRun } from "#server/tracking/runs/queries.ts";

export const metadata = { title: "Compare runs, Experiments" };

export default async function ComparePage({ searchParams }: PageProps<"/experiments/compare">) {
  const address = await searchParams;
  const { runs: wanted, all: wantsAll } = address;
  const ctx = await requireContext();
  const all = wantsAll === "1";
  const runs = await Promise.all(readRunIds(wanted).map((id) => found(getRun(ctx, id))));
  const byKey = new Map(runs.flatMap(({ metrics }) => metrics.map((metric) => [metric.key, metric])));
  const { x, metric } = readCurveView((name) => [address[name]].flat()[0]);
  const keys = metricKeys([...byKey.values()], "model", metric).slice(0, mostCompared);
  const curves = await getMetricCurves(ctx, {
    runIds: runs.map(({ id }) => id),
    keys,
    maxPoints: pointsPerCurve,
  });
  const directions = Object.fromEntries([...byKey.keys()].map((key) => [key, guessDirection(key)]));
  const title = `Compare ${plural(runs.length, "run")}`;
  const [first] = runs;
  const back =
    first && new Set(runs.map(({ experimentId }) => experimentId)).size === 1
      ? `/experiments/${first.experimentId}`
      : "/experiments";
  return (
    <Page live crumbs={[{ label: "Experiments", href: "/experiments" }, { label: title }]}>
      <PageHead title={title} context={<Link href={back}>Choose other runs</Link>} />
      {runs.length < compareLimits.least ? (
        <Panel flush>
          <EmptyState title="Two runs are needed">
            Select two to ten runs in the table of an experiment, then press Compare.
          </EmptyState>
        </Panel>
      ) : (
        <>
          {runs.map(({ id, status }) => status === "RUNNING" && <LiveRefresh topics={["run"]} id={id} key={id} />)}
          <CompareChips runs={runs} all={all} />
          <CompareCharts
            runs={runs.map(({ id, name, startedAt }, place) => ({ id, name, startedAt, place }))}
            metrics={[...byKey.keys()].map((key) => ({ key }))}
            initial={{ keys, x, curves }}
            directions={directions}
          />
          <DifferenceTable runs={runs} groups={differences(runs, directions, all)} all={all} />
        </>
      )}
    </Page>
  );
}
