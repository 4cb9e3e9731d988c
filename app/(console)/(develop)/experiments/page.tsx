import { requireContext, runtime } from "#app/_lib/context.ts";
import { ExperimentsTable } from "#components/develop/tracking/experiments/experiments-table.tsx";
import { LazyFirstRun } from "#components/develop/tracking/experiments/lazy-first-run.tsx";
import { RunsInTrouble } from "#components/develop/tracking/health/run-health.tsx";
import { readRunView, runViewHref } from "#components/develop/tracking/views/run-view.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TableFoot } from "#components/ui/table-foot.tsx";
import { listWorkspaceFindings } from "#server/develop/tracking/health/queries.ts";
import { listExperimentSummaries } from "#server/develop/tracking/tables/experiment-queries.ts";
import { createTokenAction } from "../../(admin)/settings/tokens/actions.ts";
import { trackingToken } from "./tracking-token.ts";

export const metadata = { title: "Experiments" };

const perPage = 50;

export default async function ExperimentsPage({ searchParams }: PageProps<"/experiments">) {
  const { page } = readRunView(await searchParams);
  const ctx = await requireContext();
  const offset = (page - 1) * perPage;
  const { rows, total } = await listExperimentSummaries(ctx, { offset, limit: perPage, now: Date.now() });
  const running = rows.reduce((sum, { running }) => sum + running, 0);
  const isUntouched = rows.every(({ runs }) => runs === 0);
  const href = (to: number) => runViewHref("/experiments", { page: to });
  return (
    <Page crumbs={[{ label: "Experiments" }]} live>
      {/* Refreshes at most every 10 s, and not at every update of every run: the counts of all experiments are read again. */}
      <LiveRefresh topics={["experiment"]} everyMs={10_000} />
      <PageHead
        help="connect-python#track-experiments"
        title="Experiments"
        context={isUntouched ? undefined : `${plural(total, "experiment")}, ${plural(running, "run")} running now`}
      />
      {rows.length === 0 && page > 1 && (
        <Panel flush>
          <EmptyState title="Page not found" action={<Link href="/experiments">Go to first page</Link>}>
            There are only {plural(total, "experiment")}.
          </EmptyState>
        </Panel>
      )}
      {isUntouched && page === 1 && (
        <Panel flush>
          <LazyFirstRun
            trackingUrl={runtime().config.publicUrl}
            experimentName="parcel-damage"
            token={await trackingToken(ctx)}
            createToken={createTokenAction}
          />
        </Panel>
      )}
      {page === 1 && <RunsInTrouble findings={await listWorkspaceFindings(ctx, {})} most={5} />}
      {rows.length > 0 && (
        <Panel flush>
          <ExperimentsTable
            experiments={rows}
            foot={
              <TableFoot
                from={offset + 1}
                to={offset + rows.length}
                total={total}
                noun="experiment"
                previousHref={page > 1 ? href(page - 1) : undefined}
                nextHref={offset + rows.length < total ? href(page + 1) : undefined}
              />
            }
          />
        </Panel>
      )}
    </Page>
  );
}
