import { requireContext } from "#app/_lib/context.ts";
import { FeatureTabs } from "#components/develop/features/feature-tabs.tsx";
import { viewState } from "#components/develop/features/view-state.ts";
import { type ViewRow, ViewsTable } from "#components/develop/features/views-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { plural } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listViewFreshness } from "#server/develop/features/arrivals/queries.ts";
import { listFeatureServices, listFeatureViews } from "#server/develop/features/definitions/queries.ts";

export const metadata = { title: "Features" };

export default async function FeaturesPage() {
  const ctx = await requireContext();
  const views = await listFeatureViews(ctx);
  const services = await listFeatureServices(ctx);
  const freshness = new Map((await listViewFreshness(ctx)).map((row) => [row.view, row]));
  const rows = views.map((view) => ({ view, freshness: freshness.get(view.name) })).sort(worstFirst);
  const features = views.reduce((sum, { current }) => sum + current.features.length + current.expressions.length, 0);
  const counts = [
    plural(views.length, "feature view"),
    plural(features, "feature"),
    plural(services.length, "service"),
  ].join(", ");
  return (
    <Page crumbs={[{ label: "Features" }]} live>
      <LiveRefresh topics={["features"]} everyMs={30_000} />
      <PageHead
        help="feature-store#feature-views"
        title="Features"
        context={views.length === 0 ? undefined : counts}
        sentence={sentence(rows)}
      />
      <FeatureTabs current="views" count={rows.length} />
      <Panel flush>
        {rows.length === 0 ? (
          <EmptyState title="No feature views yet">
            Define one with <code>PUT /api/v1/feature-views/&lt;name&gt;</code>, and write rows with{" "}
            <code>POST /api/v1/features/rows</code>. The guide has examples.
          </EmptyState>
        ) : (
          <ViewsTable
            rows={rows}
            foot={<span>{plural(rows.length, "feature view")}, closest to its limit first</span>}
          />
        )}
      </Panel>
    </Page>
  );
}

const ofLimit = ({ view, freshness }: ViewRow) => viewState(freshness?.ageUs ?? null, view.ttlUs).ofLimit ?? -1;

function worstFirst(a: ViewRow, b: ViewRow): number {
  return ofLimit(b) - ofLimit(a);
}

function sentence(rows: ViewRow[]): string | undefined {
  const late = rows.filter((row) => ofLimit(row) > 1).map(({ view }) => view.name);
  const [first] = late;
  if (first === undefined) return undefined;
  const others = late.length === 1 ? "" : ` and ${plural(late.length - 1, "other view")}`;
  return `${first}${others} received no event within the limit; look-ups find no value that counts.`;
}
