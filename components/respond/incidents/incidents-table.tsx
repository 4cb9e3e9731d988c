import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { IncidentSummary } from "#server/respond/incidents/contract.ts";
import { incidentHref } from "./addresses.ts";
import { between, causeLabels, describeImpact, formatElapsed, stateOf } from "./incident-text.ts";

/** Renders incidents in the given order, with their time to detect and to resolve. */
export function IncidentsTable({ incidents, empty }: { incidents: readonly IncidentSummary[]; empty: ReactNode }) {
  const quiet = <span className="lw-quiet">{noValue}</span>;
  const columns: Column<IncidentSummary>[] = [
    {
      key: "title",
      head: "Incident",
      cell: ({ number, title, endpoint }) => (
        <>
          {`INC-${number} ${title}`}
          {endpoint !== null && !title.includes(endpoint) && (
            <span className="lw-small lw-quiet">{` ${endpoint}`}</span>
          )}
        </>
      ),
    },
    {
      key: "state",
      head: "State",
      cell: ({ state }) => <StatusBadge state={stateOf(state).state}>{stateOf(state).word}</StatusBadge>,
    },
    {
      key: "severity",
      head: "Severity",
      cell: ({ severity }) => <Tag tone={severity === "SEV1" ? "strong" : "neutral"}>{severity}</Tag>,
    },
    { key: "impact", head: "Affected", align: "right", cell: (incident) => describeImpact(incident) },
    {
      key: "found",
      head: "Time to detect",
      align: "right",
      cell: ({ startedAt, detectedAt }) => formatElapsed(between(startedAt, detectedAt)),
    },
    {
      key: "fixed",
      head: "Time to resolve",
      align: "right",
      cell: ({ startedAt, mitigatedAt, state }) => {
        const lasted = between(startedAt, mitigatedAt);
        if (lasted !== undefined) return formatDuration(lasted);
        return <span className="lw-quiet">{state === "cancelled" ? "none" : "ongoing"}</span>;
      },
    },
    { key: "cause", head: "Cause", cell: ({ cause }) => (cause ? causeLabels[cause] : quiet) },
    { key: "started", head: "Started", cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
  ];
  return (
    <DataTable
      label="Incidents, newest first"
      rows={incidents}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ number }) => incidentHref(number)}
      empty={empty}
    />
  );
}
