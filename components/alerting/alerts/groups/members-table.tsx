import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { AlertNow } from "#server/alerting/alerts/contract.ts";
import { alertHref } from "../addresses.ts";
import { AlertBadge, isMutedNow, LabelTags, SeverityTag } from "../alert-text.tsx";

const columns = (common: readonly string[]): Column<AlertNow>[] => [
  { key: "name", head: "Alert", cell: ({ labels, fingerprint }) => labels.alertname ?? fingerprint },
  { key: "state", head: "State", cell: (alert) => <AlertBadge alert={alert} /> },
  { key: "severity", head: "Severity", cell: ({ severity }) => <SeverityTag severity={severity} /> },
  { key: "labels", head: "Distinct labels", cell: ({ labels }) => <LabelTags labels={labels} without={common} /> },
  { key: "muted", head: "Muted by", cell: (alert) => <MutedBy alert={alert} /> },
  { key: "since", head: "Since", cell: ({ startsAt }) => <RelativeTime at={startsAt} /> },
];

/** Lists everything that currently mutes an alert, each with a link. */
export function MutedBy({ alert }: { alert: AlertNow }) {
  const { silencedBy, inhibitedBy, mutedBy } = alert;
  if (!isMutedNow(alert)) return <span className="lw-quiet">nothing</span>;
  return (
    <>
      {silencedBy.map((id) => (
        <Link href={`/alerts/silences?silence=${id}`} key={id}>
          a silence{" "}
        </Link>
      ))}
      {inhibitedBy.map((fingerprint) => (
        <Link href={alertHref(fingerprint)} key={fingerprint}>
          another alert{" "}
        </Link>
      ))}
      {mutedBy.map((name) => (
        <Link href="/alerts/routes#times" key={name}>
          the time interval {name}{" "}
        </Link>
      ))}
    </>
  );
}

/** Renders alerts with their mute reasons. @param common labels that all alerts share, and that the page shows elsewhere */
export function MembersTable({
  alerts,
  common,
  empty,
}: {
  alerts: readonly AlertNow[];
  common: readonly string[];
  empty: React.ReactNode;
}) {
  return (
    <DataTable
      label="Alerts in this group"
      rows={alerts}
      columns={columns(["alertname", "severity", ...common])}
      rowKey={({ fingerprint }) => fingerprint}
      rowHref={({ fingerprint }) => alertHref(fingerprint)}
      density="dense"
      empty={empty}
    />
  );
}
