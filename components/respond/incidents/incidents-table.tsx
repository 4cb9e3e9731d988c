import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue, plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { incidentBoardPath } from "#server/alerting/alerts/constants.ts";
import type { ListedIncident } from "#server/respond/incidents/contract.ts";
import { incidentHref } from "./addresses.ts";
import { causeLabels, describeImpact, stageBadges, stateOf } from "./incident-text.ts";
import classes from "./incidents.module.css";
import { ResponseBar } from "./response-bar.tsx";
import { responseTimes } from "./response-scale.ts";

interface IncidentsTableProps {
  label: string;
  incidents: readonly ListedIncident[];
  /** End of the scale of the bars, in milliseconds. */
  scaleEnd: number;
  now: number;
  empty?: ReactNode;
}

/** Renders incidents in the given order. An open one leads to the board, one that is over to its record. */
export function IncidentsTable({ label, incidents, scaleEnd, now, empty }: IncidentsTableProps) {
  const quiet = <span className="lw-quiet">{noValue}</span>;
  const columns: Column<ListedIncident>[] = [
    {
      key: "title",
      head: "Incident",
      cell: ({ number, title, endpoint }) => (
        <span className={classes.incident}>
          <span className="lw-mono lw-quiet">INC-{number}</span> {title}
          {endpoint !== null && !title.includes(endpoint) && (
            <span className="lw-small lw-quiet">{` ${endpoint}`}</span>
          )}
        </span>
      ),
    },
    { key: "state", head: "State", width: 104, cell: (incident) => <StateCell incident={incident} /> },
    {
      key: "severity",
      head: "Sev",
      width: 64,
      cell: ({ severity }) => <Tag tone={severity === "SEV1" ? "strong" : "neutral"}>{severity}</Tag>,
    },
    {
      key: "lead",
      head: "Lead",
      width: 100,
      isWideOnly: true,
      cell: ({ lead, stage }) => lead ?? (stage ? <span className={classes.none}>no lead</span> : quiet),
    },
    { key: "started", head: "Started", width: 108, cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
    {
      key: "response",
      head: "Response, duration",
      width: 150,
      cell: (incident) => <ResponseBar times={responseTimes(incident, now)} end={scaleEnd} />,
    },
    {
      key: "impact",
      head: "Impact",
      align: "right",
      width: 124,
      isWideOnly: true,
      cell: (incident) => describeImpact(incident),
    },
    {
      key: "cause",
      head: "Cause",
      width: 100,
      isWideOnly: true,
      cell: ({ cause }) => (cause ? causeLabels[cause] : quiet),
    },
    {
      key: "actions",
      head: "Actions",
      width: 68,
      align: "right",
      isWideOnly: true,
      cell: ({ actions: { total, open } }) =>
        open > 0 ? <b>{`${open} open`}</b> : total > 0 ? <span className="lw-quiet">done</span> : quiet,
    },
  ];
  return (
    <DataTable
      label={label}
      rows={incidents}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ number, stage }) => (stage ? incidentBoardPath(number) : incidentHref(number))}
      empty={empty}
      foot={plural(incidents.length, "incident")}
    />
  );
}

function StateCell({ incident: { stage, state } }: { incident: ListedIncident }) {
  const badge = stage ? stageBadges[stage] : stateOf(state);
  return <StatusBadge state={badge.state}>{badge.word}</StatusBadge>;
}
