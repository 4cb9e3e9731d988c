import { versionHref } from "#components/develop/addresses/version-href.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatPercent, formatUnit } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { EndpointCosts, VersionCost } from "#server/watch/cost/endpoint/contract.ts";
import { money } from "./money-text.ts";

/** Renders the versions of an endpoint side by side: cost, latency and accuracy. */
export function VersionsTable({ costs: { versions, currency } }: { costs: EndpointCosts }) {
  const columns: Column<VersionCost>[] = [
    { key: "version", head: "Version", cell: ({ modelName, version }) => `${modelName} v${version}` },
    {
      key: "state",
      head: "Compared",
      cell: ({ isOnFront, isCurrent, measuredBy }) => (
        <>
          {isOnFront ? (
            <StatusBadge state="on-target">Pareto-optimal</StatusBadge>
          ) : (
            <StatusBadge state="not-started">Dominated or not comparable</StatusBadge>
          )}
          {isCurrent && <span className="lw-quiet"> currently deployed</span>}
          {measuredBy && <span className="lw-quiet"> {describeUnserved(measuredBy)}</span>}
        </>
      ),
    },
    { key: "spent", head: "Spend", align: "right", cell: ({ spent }) => <strong>{money(spent, currency)}</strong> },
    { key: "answers", head: "Responses", align: "right", cell: ({ answered }) => formatCount(answered) },
    { key: "per", head: "Per 1,000", align: "right", cell: ({ perThousand }) => money(perThousand, currency) },
    {
      key: "correct",
      head: "Per 1,000 correct",
      align: "right",
      cell: ({ perThousandCorrect }) => money(perThousandCorrect, currency),
    },
    {
      key: "device",
      head: "Device time per prediction",
      align: "right",
      cell: ({ deviceMs }) => formatUnit(deviceMs, "ms"),
    },
    { key: "latency", head: "p95", align: "right", cell: ({ latencyMsP95 }) => formatUnit(latencyMsP95, "ms") },
    {
      key: "right",
      head: "Accuracy",
      align: "right",
      cell: ({ correctShare, labelled }) => (
        <span title={`${formatCount(labelled)} labelled, 30 required for deployed versions`}>
          {formatPercent(correctShare)}
        </span>
      ),
    },
  ];
  return (
    <DataTable
      label="Versions"
      rows={versions}
      columns={columns}
      rowKey={({ versionId }) => versionId}
      rowHref={({ modelName, version }) => versionHref(modelName, version)}
    />
  );
}

/** Describes the source: "not deployed; measured by a load test at 50 requests a second and its reference". */
function describeUnserved({ quality, latency }: NonNullable<VersionCost["measuredBy"]>): string {
  return `not deployed; measured by ${[latency, quality].filter((by) => by !== null).join(" and ")}`;
}
