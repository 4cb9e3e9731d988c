import { Sparkline } from "#components/charts/sparkline.tsx";
import { endpointHref } from "#components/serve/endpoints/addresses.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import {
  columnDecimals,
  formatCountOf,
  formatNumber,
  formatPercent,
  formatUnit,
  noValue,
} from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { EndpointState } from "#server/respond/endpoint-states/contract.ts";
import type { EndpointSummary } from "#server/serve/endpoints/contract.ts";
import { EndpointStateBadge } from "./endpoint-state-badge.tsx";
import classes from "./endpoints-table.module.css";

type Row = EndpointSummary & { state: EndpointState };

function columnsOf(endpoints: readonly Row[]): Column<Row>[] {
  const rate = { decimals: columnDecimals(endpoints.map(({ recent }) => recent.requestsPerSecond)) };
  const p95 = { decimals: columnDecimals(endpoints.map(({ recent }) => recent.latencyMsP95)) };
  return [
    { key: "name", head: "Endpoint", cell: ({ name }) => name },
    {
      key: "state",
      head: "State",
      cell: ({ state }) => (
        <span className={classes.state}>
          <EndpointStateBadge state={state} />
          {state.reason && (
            <span className="lw-small lw-quiet lw-truncate" title={state.reason}>
              {state.reason}
            </span>
          )}
        </span>
      ),
    },
    {
      key: "version",
      head: "Version",
      cell: ({ current }) =>
        current ? `${current.modelName} v${current.version}` : <span className="lw-quiet">none</span>,
    },
    {
      key: "rate",
      head: "Requests/s",
      align: "right",
      cell: ({ recent, lastHour }) => (
        <span className={classes.rate}>
          <Sparkline points={lastHour.map((value, step) => ({ at: step, value }))} width={60} height={20} />
          <span className={recent.requestsPerSecond === null ? "lw-quiet" : "lw-number"}>
            {formatNumber(recent.requestsPerSecond, rate)}
          </span>
        </span>
      ),
    },
    {
      key: "p95",
      head: "p95",
      align: "right",
      cell: ({ recent }) => formatUnit(recent.latencyMsP95, "ms", p95),
    },
    { key: "errors", head: "Errors", align: "right", cell: ({ recent }) => formatPercent(recent.errorShare) },
    {
      key: "gateways",
      head: "Gateways",
      align: "right",
      cell: ({ gateways, current }) =>
        current ? formatCountOf(gateways.ready, gateways.total) : <span className="lw-quiet">{noValue}</span>,
    },
    {
      key: "deployed",
      head: "Deployed",
      cell: ({ current }) =>
        current ? (
          <>
            <RelativeTime at={current.deployedAt} /> <span className="lw-muted">by {current.deployedBy}</span>
          </>
        ) : (
          <span className="lw-quiet">{noValue}</span>
        ),
    },
  ];
}

interface EndpointsTableProps {
  endpoints: readonly Row[];
  /** Returns the path that a row links to; the endpoint's page by default. */
  hrefOf?: (name: string) => string;
}

/** Endpoints with the numbers of the last five minutes and the shape of the last hour. */
export function EndpointsTable({ endpoints, hrefOf = endpointHref }: EndpointsTableProps) {
  return (
    <DataTable
      label="Endpoints"
      rows={endpoints}
      columns={columnsOf(endpoints)}
      rowKey={({ id }) => id}
      rowHref={({ name }) => hrefOf(name)}
    />
  );
}
