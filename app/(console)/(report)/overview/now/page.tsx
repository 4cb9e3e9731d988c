import { redirect } from "next/navigation";
import { requireContext } from "#app/_lib/context.ts";
import { openStep } from "#components/report/overview/getting-started-steps.ts";
import { OverviewEndpoints } from "#components/report/overview/overview-endpoints.tsx";
import { OverviewRuns } from "#components/report/overview/overview-runs.tsx";
import { OverviewTiles } from "#components/report/overview/overview-tiles.tsx";
import { ReleasesList } from "#components/report/overview/releases-list.tsx";
import { Sentence } from "#components/report/overview/sentence.tsx";
import { OverviewSections } from "#components/report/reports/sections.tsx";
import { Page } from "#components/shell/page.tsx";
import { formatCountOf, nbsp } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { GettingStarted } from "#server/report/overview/contract.ts";
import { getGettingStarted } from "#server/report/overview/getting-started.ts";
import { getOverview } from "#server/report/overview/queries.ts";
import { sentenceOf } from "#server/report/overview/sentence.ts";

export const metadata = { title: "Now" };

export default async function OverviewNowPage() {
  const ctx = await requireContext();
  const start = await getGettingStarted(ctx);
  if (start.isEmpty) redirect("/overview");
  const overview = await getOverview(ctx);
  return (
    <Page
      crumbs={[{ label: "Overview", href: "/overview" }, { label: "Now" }]}
      controls={<OverviewSections current="now" />}
    >
      <PageHead
        help="costs-and-reports#overview"
        title="Now"
        context={
          <span>
            as of <RelativeTime at={overview.asOf} />
          </span>
        }
        actions={<LeftToDo start={start} />}
        sentence={<Sentence parts={sentenceOf(overview)} />}
      />
      <OverviewTiles overview={overview} />
      <Columns columns="minmax(0, 1fr) 348px">
        <Panel
          title="Endpoints"
          subtitle={`worst first; last 24${nbsp}h, with rate and p95 for the last 5${nbsp}min`}
          flush
        >
          <OverviewEndpoints endpoints={overview.endpoints} />
        </Panel>
        <Panel title="Releases" subtitle="newest first" flush>
          <ReleasesList releases={overview.releases} />
        </Panel>
      </Columns>
      <Panel title="Recent runs" right={<Link href="/experiments">All experiments</Link>} flush>
        <OverviewRuns runs={overview.latestRuns} />
      </Panel>
    </Page>
  );
}

/** Renders the link back to the checklist until all of its steps are done. */
function LeftToDo({ start }: { start: GettingStarted }) {
  if (!openStep(start)) return null;
  const done = start.steps.filter(({ doneAt }) => doneAt !== null).length;
  return <Link href="/getting-started">Getting started: {formatCountOf(done, start.steps.length)} done</Link>;
}
