import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { Notification, NotificationState } from "#server/alerting/notifications/contract.ts";
import { kindLabels } from "./channel-labels.ts";

export const stateLabels: Record<NotificationState, [State, string]> = {
  pending: ["running", "Waiting"],
  delivered: ["on-target", "Delivered"],
  dead: ["missed", "Failed"],
  capped: ["paused", "Rate-limited"],
  cancelled: ["finished", "Not sent"],
};

/** Shows the state of a notification. */
export function NotificationBadge({ state }: Pick<Notification, "state">) {
  const [shape, word] = stateLabels[state];
  return <StatusBadge state={shape}>{word}</StatusBadge>;
}

const columns: Column<Notification>[] = [
  {
    key: "title",
    head: "Message",
    width: 380,
    isClipped: true,
    cell: ({ title }) => <span title={title}>{title}</span>,
  },
  { key: "state", head: "State", cell: ({ state }) => <NotificationBadge state={state} /> },
  { key: "to", head: "To", cell: toWhom },
  { key: "answer", head: "Last response", width: 200, isClipped: true, cell: lastResponse },
  { key: "tries", head: "Attempts", align: "right", cell: ({ tries }) => tries },
  { key: "made", head: "Queued", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
];

function toWhom({ channel, person }: Notification) {
  if (person) return person;
  if (!channel) return <span className="lw-quiet">removed channel</span>;
  return (
    <>
      {channel.receiver} <span className="lw-quiet">{kindLabels[channel.kind]}</span>
    </>
  );
}

function lastResponse({ attempts, state, note }: Notification) {
  const last = attempts.at(-1);
  if (state === "capped" || state === "cancelled") return <Quiet words={note} />;
  if (!last) return <span className="lw-quiet">not attempted yet</span>;
  return last.status === null ? <Quiet words={last.error} /> : `${last.status}`;
}

function Quiet({ words }: { words: string | null }) {
  return (
    <span className="lw-muted" title={words ?? undefined}>
      {words}
    </span>
  );
}

interface NotificationsTableProps {
  notifications: Notification[];
  /** Address of the page with one of them open. */
  hrefOf: (id: string) => string;
  empty: React.ReactNode;
  foot: React.ReactNode;
}

/** Lists notifications, newest first; a row opens all its delivery attempts. */
export function NotificationsTable({ notifications, hrefOf, empty, foot }: NotificationsTableProps) {
  return (
    <DataTable
      label="Messages"
      rows={notifications}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ id }) => hrefOf(id)}
      density="dense"
      empty={empty}
      foot={
        <>
          <span>{plural(notifications.length, "message")} shown</span> {foot}
        </>
      }
    />
  );
}
