import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatNumber } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Kpi, KpiResult, KpiResults } from "#server/report/kpis/contract.ts";

const armLabels = { stable: "stable", canary: "canary", shadow: "shadow" };

/** Lists the outcomes after the predictions of each version and arm, per 1,000 requests. */
export function KpiResultsPanel({ kpi, results }: { kpi: Kpi; results: KpiResults }) {
  const { unit } = kpi.definition;
  const columns: Column<KpiResult>[] = [
    { key: "version", head: "Version", cell: ({ model, version }) => `${model} v${version}` },
    { key: "endpoint", head: "Endpoint", cell: ({ endpoint }) => endpoint },
    { key: "arm", head: "Arm", cell: ({ arm }) => armLabels[arm] },
    {
      key: "requests",
      head: "Requests",
      align: "right",
      cell: ({ requests, sampledRequests }) => (
        <>
          {formatCount(requests)}
          {sampledRequests < requests && (
            <span className="lw-small lw-quiet">{` ${formatCount(sampledRequests)} sampled`}</span>
          )}
        </>
      ),
    },
    { key: "events", head: "Events", align: "right", cell: ({ events }) => formatCount(events) },
    {
      key: "rate",
      head: "Events per 1,000",
      align: "right",
      cell: ({ eventsPer1000, low, high }) => (
        <>
          {formatNumber(eventsPer1000)}
          {low !== null && high !== null && (
            <span className="lw-small lw-quiet">{` ${formatNumber(low)} to ${formatNumber(high)}`}</span>
          )}
        </>
      ),
    },
    {
      key: "value",
      head: `Value per 1,000${unit ? `, ${unit}` : ""}`,
      align: "right",
      cell: ({ valuePer1000 }) => formatNumber(valuePer1000),
    },
  ];
  return (
    <Panel
      title="By version and arm"
      subtitle="last 30 days; 95% intervals, assuming at most one event per request"
      flush
    >
      <DataTable
        label={`${kpi.name} by version and arm`}
        rows={results.versions}
        columns={columns}
        rowKey={({ endpoint, model, version, arm }) => `${endpoint} ${model} ${version} ${arm}`}
        empty={
          <EmptyState title="No events attributed to a version yet">
            {results.unattributed > 0
              ? `${formatCount(results.unattributed)} events are waiting for a matching prediction; matching is retried every minute for a week.`
              : `Post events to /api/v1/kpis/${kpi.name}/events with a request ID, or with a unit and an endpoint.`}
          </EmptyState>
        }
      />
    </Panel>
  );
}
