import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { AlertGroup } from "#server/alerting/alerts/contract.ts";
import { groupHref } from "../addresses.ts";
import { GroupBadge, SeverityTag } from "../alert-text.tsx";

interface GroupsTableProps {
  groups: readonly AlertGroup[];
  /** Returns the current on-call engineer of a group; undefined without one. */
  onCall: (group: AlertGroup) => string | undefined;
  empty: React.ReactNode;
}

const none = (words: string) => <span className="lw-quiet">{words}</span>;

/** Renders alert groups in the order of the queue, with their next notification and who is on call for them. */
export function GroupsTable({ groups, onCall, empty }: GroupsTableProps) {
  const columns: Column<AlertGroup>[] = [
    {
      key: "title",
      head: "Group",
      width: 300,
      isClipped: true,
      cell: ({ summary: { title } }) => <span title={title}>{title}</span>,
    },
    { key: "severity", head: "Severity", cell: ({ summary }) => <SeverityTag severity={summary.severity} /> },
    { key: "state", head: "State", cell: (group) => <GroupBadge group={group} /> },
    { key: "service", head: "Service", cell: ({ summary }) => summary.service || none("none") },
    { key: "members", head: "Alerts", cell: describeMembers },
    { key: "since", head: "Since", cell: ({ summary }) => <RelativeTime at={summary.startsAt} /> },
    {
      key: "notified",
      head: "Notified",
      cell: ({ notifiedAt }) => (notifiedAt ? <RelativeTime at={notifiedAt} /> : none("not yet")),
    },
    { key: "flush", head: "Next group flush", cell: nextFlush },
    { key: "repeat", head: "Next repeat", cell: nextRepeat },
    { key: "on-call", head: "On call now", cell: (group) => onCall(group) ?? none("no one") },
  ];
  return (
    <DataTable
      label="Alert groups"
      rows={groups}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ id }) => groupHref(id)}
      empty={empty}
    />
  );
}

function describeMembers({ summary: { firing, muted, resolved } }: AlertGroup) {
  const parts = [
    `${formatCount(firing)} firing`,
    muted > 0 ? `${muted} muted` : "",
    resolved > 0 ? `${resolved} resolved` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function nextFlush({ nextFlushAt, endedAt }: AlertGroup) {
  if (endedAt)
    return (
      <>
        resolved <RelativeTime at={endedAt} />
      </>
    );
  return nextFlushAt ? <RelativeTime at={nextFlushAt} /> : none("none");
}

function nextRepeat({ nextRepeatAt, acknowledgement, state }: AlertGroup) {
  if (nextRepeatAt) return <RelativeTime at={nextRepeatAt} />;
  if (acknowledgement && state === "acknowledged")
    return (
      <>
        earliest <RelativeTime at={acknowledgement.until} />
      </>
    );
  return none(state === "muted" ? "muted" : "none");
}
