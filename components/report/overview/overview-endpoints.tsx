import { EndpointStateBadge } from "#components/respond/endpoint-states/endpoint-state-badge.tsx";
import { endpointHref } from "#components/serve/endpoints/addresses.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import {
  columnDecimals,
  formatCount,
  formatNumber,
  formatPercent,
  formatUnit,
  noValue,
} from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { OverviewEndpoint } from "#server/report/overview/contract.ts";

function columnsOf(endpoints: OverviewEndpoint[]): Column<OverviewEndpoint>[] {
  const rate = { decimals: columnDecimals(endpoints.map(({ requestsPerSecond }) => requestsPerSecond)) };
  const p95 = { decimals: columnDecimals(endpoints.map(({ latencyMsP95 }) => latencyMsP95)) };
  return [
    { key: "name", head: "Endpoint", cell: ({ name }) => name },
    {
      key: "state",
      head: "State",
      cell: ({ state }) => (
        <span title={state.reason ?? undefined}>
          <EndpointStateBadge state={state} />
        </span>
      ),
    },
    {
      key: "version",
      head: "Version",
      cell: ({ modelName, version }) =>
        modelName ? `${modelName} v${version}` : <span className="lw-quiet">none</span>,
    },
    {
      key: "availability",
      head: "Availability",
      align: "right",
      cell: ({ availability }) => formatPercent(availability),
    },
    {
      key: "requests",
      head: "Requests",
      align: "right",
      cell: ({ requests, version }) => (version === null && requests === 0 ? noValue : formatCount(requests)),
    },
    {
      key: "rate",
      head: "Requests/s",
      align: "right",
      cell: ({ requestsPerSecond }) => formatNumber(requestsPerSecond, rate),
    },
    {
      key: "p95",
      head: "p95",
      align: "right",
      cell: ({ latencyMsP95 }) => formatUnit(latencyMsP95, "ms", p95),
    },
  ];
}

/** Endpoints, worst first, each leading to its page. */
export function OverviewEndpoints({ endpoints }: { endpoints: OverviewEndpoint[] }) {
  return (
    <DataTable
      label="Endpoints, worst first"
      rows={endpoints.slice(0, 12)}
      columns={columnsOf(endpoints)}
      rowKey={({ name }) => name}
      rowHref={({ name }) => endpointHref(name, "24h")}
      empty={
        <EmptyState
          title="No endpoints yet"
          action={<Link href="/getting-started#endpoint">How to serve a model</Link>}
        >
          No endpoints are serving.
        </EmptyState>
      }
      foot={endpoints.length > 12 && <Link href="/endpoints">{endpoints.length - 12} more</Link>}
    />
  );
}
