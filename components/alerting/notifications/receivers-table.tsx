import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { Receiver } from "#server/alerting/notifications/contract.ts";
import { kindLabels } from "./channel-labels.ts";
import classes from "./notifications.module.css";

const sum = ({ channels }: Receiver, of: "pending" | "dead") =>
  channels.reduce((all, { outbox }) => all + outbox[of], 0);

const columns: Column<Receiver>[] = [
  { key: "name", head: "Name", cell: ({ name }) => name },
  {
    key: "channels",
    head: "Channels",
    cell: ({ channels }) => (
      <span className={classes.tags}>
        {channels.map(({ id, settings }) => (
          <Tag key={id}>{kindLabels[settings.kind]}</Tag>
        ))}
        {channels.length === 0 && <span className="lw-quiet">none: sends no notifications</span>}
      </span>
    ),
  },
  { key: "state", head: "State", cell: (receiver) => <ReceiverState receiver={receiver} /> },
  { key: "pending", head: "Waiting", align: "right", cell: (receiver) => sum(receiver, "pending") },
  { key: "dead", head: "Failed, 24 h", align: "right", cell: (receiver) => sum(receiver, "dead") },
  { key: "last", head: "Last delivered", cell: lastDelivered },
];

function lastDelivered({ channels }: Receiver) {
  const last = Math.max(...channels.map(({ lastDeliveredAt }) => lastDeliveredAt?.getTime() ?? 0));
  return last > 0 ? <RelativeTime at={new Date(last)} /> : <span className="lw-quiet">never</span>;
}

/** Shows whether a receiver has an enabled channel. */
export function ReceiverState({ receiver }: { receiver: Receiver }) {
  const isOn = receiver.channels.some(({ disabledAt }) => disabledAt === null);
  if (!isOn) return <StatusBadge state="watch">Inactive</StatusBadge>;
  if (sum(receiver, "dead") > 0) return <StatusBadge state="missed">Delivery failures</StatusBadge>;
  return <StatusBadge state="on-target">Ready</StatusBadge>;
}

/** Receivers by name. */
export function ReceiversTable({ receivers, empty }: { receivers: Receiver[]; empty: React.ReactNode }) {
  return (
    <DataTable
      label="Receivers"
      rows={receivers}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ id }) => `/alerts/receivers/${id}`}
      empty={empty}
    />
  );
}
