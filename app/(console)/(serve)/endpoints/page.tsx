import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { FleetPanels } from "#components/respond/fleet/fleet-panels.tsx";
import { describeFleet } from "#components/respond/fleet/fleet-sentence.ts";
import {
  type FleetView,
  filterFleet,
  fleetHref,
  fleetViewLabels,
  fleetViewOf,
} from "#components/respond/fleet/views.ts";
import { CreateEndpoint } from "#components/serve/endpoints/create-endpoint.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { listFleet } from "#server/respond/fleet/queries.ts";
import { DriftFleet, QualityFleet } from "../../(watch)/endpoints/monitored-fleet.tsx";
import { createEndpointAction } from "./actions.ts";

export const metadata = { title: "Endpoints" };

export default async function EndpointsPage({ searchParams }: PageProps<"/endpoints">) {
  const search = await searchParams;
  const view = fleetViewOf(search.view);
  const ctx = await requireContext();
  const { rows, isCut } = await listFleet(ctx);
  return (
    <Page crumbs={[{ label: "Endpoints" }]} live>
      <LiveRefresh topics={["endpoint", "incident", "alert", "rollout"]} everyMs={10_000} />
      <PageHead
        help="deploy#first-deployment"
        title="Endpoints"
        context={`${isCut ? "the first " : ""}${plural(rows.length, "endpoint")}`}
        sentence={describeFleet(rows)}
        actions={
          <CreateEndpoint
            create={createEndpointAction}
            gatewayUrl={runtime().config.gatewayUrl}
            why={denialReason(ctx.actor.role, "createEndpoint")}
          />
        }
      />
      {rows.length === 0 ? (
        <Panel>
          <EmptyState
            title="No endpoints yet"
            action={<Link href="/getting-started#endpoint">How to serve a model</Link>}
          >
            An endpoint makes a model available at a stable address. Create one here, or deploy a version from its page.
          </EmptyState>
        </Panel>
      ) : (
        <>
          <Tabs
            label="Views of endpoints"
            items={(Object.keys(fleetViewLabels) as FleetView[]).map((each) => ({
              label: fleetViewLabels[each],
              href: fleetHref(each),
              current: each === view,
              ...(each !== "drift" && each !== "quality" && { count: filterFleet(rows, each).length }),
            }))}
          />
          {view === "drift" ? (
            <DriftFleet ctx={ctx} />
          ) : view === "quality" ? (
            <QualityFleet ctx={ctx} range={search.range} />
          ) : (
            <FleetPanels
              rows={filterFleet(rows, view)}
              allHref={
                search.healthy === "all" ? undefined : `/endpoints?${new URLSearchParams({ view, healthy: "all" })}`
              }
              now={Date.now()}
            />
          )}
        </>
      )}
    </Page>
  );
}
