import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { FleetFilter } from "#components/respond/fleet/fleet-filter.tsx";
import { describeFleet } from "#components/respond/fleet/fleet-sentence.ts";
import { FleetTable } from "#components/respond/fleet/fleet-table.tsx";
import {
  type FleetAddress,
  type FleetView,
  filterFleet,
  fleetHref,
  fleetViewLabels,
  ownTeamsOf,
  readFleetAddress,
} from "#components/respond/fleet/views.ts";
import { CreateEndpoint } from "#components/serve/endpoints/create-endpoint.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { formatCountOf, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { type TabItem, Tabs } from "#components/ui/tabs.tsx";
import type { Fleet } from "#server/respond/fleet/contract.ts";
import { readFleetFilter } from "#server/respond/fleet/filter-fleet.ts";
import { listFleet } from "#server/respond/fleet/queries.ts";
import { DriftFleet, QualityFleet } from "../../(watch)/endpoints/monitored-fleet.tsx";
import { createEndpointAction } from "./actions.ts";

export const metadata = { title: "Endpoints" };

export default async function EndpointsPage({ searchParams }: PageProps<"/endpoints">) {
  const search = await searchParams;
  const address = readFleetAddress(search);
  const ctx = await requireContext();
  const fleet = await listFleet(ctx);
  const { rows, isCut } = fleet;
  return (
    <Page crumbs={[{ label: "Endpoints" }]} live>
      <LiveRefresh topics={["endpoint", "incident", "alert", "rollout"]} everyMs={10_000} />
      <PageHead
        help="deploy#the-list-of-endpoints"
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
          <Tabs label="Views of endpoints" items={tabsOf(fleet, address)} />
          {address.view === "drift" ? (
            <DriftFleet ctx={ctx} />
          ) : address.view === "quality" ? (
            <QualityFleet ctx={ctx} range={search.range} />
          ) : (
            <ByNeed
              rows={filterFleet(rows, address.view, address.team)}
              address={address}
              all={search.healthy === "all"}
            />
          )}
        </>
      )}
    </Page>
  );
}

/** Views that anybody can open, and the endpoints of each team of the reader. */
function tabsOf({ rows, ownTeams }: Fleet, address: FleetAddress): TabItem[] {
  const { team, q } = address;
  const views = (Object.keys(fleetViewLabels) as FleetView[]).map((view) => ({
    label: fleetViewLabels[view],
    href: fleetHref({ view, q }),
    current: view === address.view && team === undefined,
    ...(view !== "drift" && view !== "quality" && { count: filterFleet(rows, view).length }),
  }));
  const teams = ownTeamsOf(rows, ownTeams).map(({ id, name }) => ({
    label: name,
    href: fleetHref({ team: id, q }),
    current: id === team,
    count: filterFleet(rows, "all", id).length,
  }));
  return views.toSpliced(2, 0, ...teams);
}

function ByNeed({ rows, address, all }: { rows: Fleet["rows"]; address: FleetAddress; all: boolean }) {
  const { matches, problem } = readFleetFilter(address.q);
  const shown = matches ? rows.filter(matches) : rows;
  return (
    <>
      <FleetFilter address={address} error={problem} result={`${formatCountOf(shown.length, rows.length)} endpoints`} />
      <Panel flush>
        {shown.length === 0 ? (
          <EmptyState
            title="No matching endpoints"
            action={address.q && <Link href={fleetHref({ ...address, q: "" })}>Clear the filter</Link>}
          >
            {address.q ? `0 of ${plural(rows.length, "endpoint")} match.` : "No endpoint is in this view now."}
          </EmptyState>
        ) : (
          <FleetTable
            rows={shown}
            allHref={all || address.q ? undefined : fleetHref(address, { healthy: "all" })}
            now={Date.now()}
          />
        )}
      </Panel>
    </>
  );
}
