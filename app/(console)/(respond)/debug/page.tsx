import { requireContext } from "#app/_lib/context.ts";
import { EndpointsTable } from "#components/respond/endpoint-states/endpoints-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { withStates } from "#server/respond/endpoint-states/with-states.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";

export const metadata = { title: "Debug" };

export default async function DebugPage() {
  const ctx = await requireContext();
  const { endpoints } = await listEndpoints(ctx);
  const described = await withStates(ctx, endpoints);
  return (
    <Page crumbs={[{ label: "Debug" }]} live>
      <LiveRefresh topics={["endpoint"]} everyMs={30_000} />
      <PageHead help="monitoring#debug" title="Debug" context="Everything about one endpoint over one time range" />
      <Panel title="Endpoints" flush>
        {endpoints.length === 0 ? (
          <EmptyState title="No endpoints yet">
            Create one and deploy a version; predictions are counted from the first request on.
          </EmptyState>
        ) : (
          <EndpointsTable endpoints={described} hrefOf={(name) => `/debug/${encodeURIComponent(name)}`} />
        )}
      </Panel>
    </Page>
  );
}
