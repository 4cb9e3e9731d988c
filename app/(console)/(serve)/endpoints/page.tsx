import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { EndpointsTable } from "#components/respond/endpoint-states/endpoints-table.tsx";
import { CreateEndpoint } from "#components/serve/endpoints/create-endpoint.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { nbsp, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { withStates } from "#server/respond/endpoint-states/with-states.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { createEndpointAction } from "./actions.ts";

export const metadata = { title: "Endpoints" };

const perPage = 100;

export default async function EndpointsPage({ searchParams }: PageProps<"/endpoints">) {
  const { after } = await searchParams;
  const ctx = await requireContext();
  const { endpoints: listed, next } = await listEndpoints(ctx, {
    limit: perPage,
    ...(typeof after === "string" && { after }),
  });
  const endpoints = await withStates(ctx, listed);
  const create = (
    <CreateEndpoint
      create={createEndpointAction}
      gatewayUrl={runtime().config.gatewayUrl}
      why={denialReason(ctx.actor.role, "createEndpoint")}
    />
  );
  return (
    <Page crumbs={[{ label: "Endpoints" }]} live>
      <LiveRefresh topics={["endpoint"]} everyMs={10_000} />
      <PageHead
        help="deploy#first-deployment"
        title="Endpoints"
        context="Live endpoints and the versions they serve"
        actions={create}
      />
      <Panel title="Endpoints" subtitle={`by name; metrics for the last 5${nbsp}min, trend over the last hour`} flush>
        {endpoints.length === 0 ? (
          <EmptyState
            title="No endpoints yet"
            action={<Link href="/getting-started#endpoint">How to serve a model</Link>}
          >
            An endpoint makes a model available at a stable address. Create one here, or deploy a version from its page.
          </EmptyState>
        ) : (
          <EndpointsTable endpoints={endpoints} />
        )}
      </Panel>
      {next && (
        <p>
          {plural(endpoints.length, "endpoint")} shown.{" "}
          <Link href={`/endpoints?after=${encodeURIComponent(next)}`}>Next</Link>
        </p>
      )}
    </Page>
  );
}
