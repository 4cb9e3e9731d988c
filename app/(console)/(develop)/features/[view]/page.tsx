import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { ArrivalsTable } from "#components/develop/features/arrivals-table.tsx";
import { SchemaOfView } from "#components/develop/features/schema-of-view.tsx";
import { viewState } from "#components/develop/features/view-state.ts";
import { ViewVersionsTable } from "#components/develop/features/view-versions-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { formatDuration } from "#components/ui/format-time.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { listNewestArrivals, listViewFreshness } from "#server/develop/features/arrivals/queries.ts";
import type { FeatureView } from "#server/develop/features/contract.ts";
import { getFeatureView, listFeatureViewVersions } from "#server/develop/features/definitions/queries.ts";

type Props = PageProps<"/features/[view]">;

export async function generateMetadata({ params }: Props) {
  return { title: `${decodeURIComponent((await params).view)}, Features` };
}

export default async function FeatureViewPage({ params }: Props) {
  const name = decodeURIComponent((await params).view);
  const ctx = await requireContext();
  const view = await found(getFeatureView(ctx, name));
  const versions = await listFeatureViewVersions(ctx, name);
  const arrivals = await listNewestArrivals(ctx, name);
  const freshness = (await listViewFreshness(ctx)).find((row) => row.view === name);
  const ageUs = freshness?.ageUs ?? null;
  const { state, word } = viewState(ageUs, view.ttlUs);
  const keys = view.current.entities.map(({ joinKey }) => joinKey).join(", ");
  return (
    <Page crumbs={[{ label: "Features", href: "/features" }, { label: name }]} live>
      <LiveRefresh topics={["features"]} id={name} everyMs={30_000} />
      <PageHead
        help="feature-store#feature-views"
        title={name}
        badges={
          <StatusBadge state={state} filled>
            {word}
          </StatusBadge>
        }
        context={`v${view.current.version}${keys && `, keyed by ${keys}`}`}
        sentence={sentence(view, ageUs, freshness?.users ?? [])}
      />
      <Panel title="Features" subtitle={view.source === null ? undefined : `source ${view.source}`} flush>
        <SchemaOfView version={view.current} />
      </Panel>
      <Panel title="Newest arrivals" subtitle="the last 20 rows, until they are packed into the history" flush>
        {arrivals.length === 0 ? (
          <EmptyState title="No rows yet">
            Write rows with <code>POST /api/v1/features/rows</code>.
          </EmptyState>
        ) : (
          <ArrivalsTable view={view} arrivals={arrivals} />
        )}
      </Panel>
      <Panel title="Versions" flush>
        <ViewVersionsTable versions={versions} />
      </Panel>
    </Page>
  );
}

function sentence({ ttlUs, stale }: FeatureView, ageUs: number | null, users: readonly string[]): string {
  const usedBy = users.length === 0 ? "Nothing uses it." : `Used by ${users.join(", ")}.`;
  if (ageUs === null) return `No row has arrived. ${usedBy}`;
  const age = `The newest event is ${formatDuration(ageUs / 1000)} old`;
  if (ttlUs === null) return `${age}; values have no limit of age. ${usedBy}`;
  const policy = stale === "null" ? "withheld" : "served with their status";
  return `${age}; values older than ${formatDuration(ttlUs / 1000)} are ${policy}. ${usedBy}`;
}
