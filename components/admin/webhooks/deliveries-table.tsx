import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { Delivery } from "#server/platform/webhooks/contract.ts";

const badges: Record<Delivery["state"], [State, string]> = {
  pending: ["running", "Pending"],
  delivered: ["on-target", "Delivered"],
  failed: ["missed", "Failed"],
  cancelled: ["paused", "Cancelled"],
};

/** Shows the state of a delivery. */
export function DeliveryState({ state }: Pick<Delivery, "state">) {
  const [shape, word] = badges[state];
  return <StatusBadge state={shape}>{word}</StatusBadge>;
}

const columns: Column<Delivery>[] = [
  { key: "event", head: "Event", cell: ({ event }) => <code>{event}</code> },
  { key: "state", head: "State", cell: ({ state }) => <DeliveryState state={state} /> },
  { key: "answer", head: "Last response", cell: lastResponse },
  { key: "tries", head: "Attempts", align: "right", cell: ({ attempts }) => attempts.length },
  { key: "made", head: "Event was", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
  {
    key: "next",
    head: "Next attempt",
    cell: ({ nextAttemptAt }) =>
      nextAttemptAt ? <RelativeTime at={nextAttemptAt} /> : <span className="lw-quiet">none</span>,
  },
];

function lastResponse({ attempts }: Delivery) {
  const last = attempts.at(-1);
  if (!last) return <span className="lw-quiet">not attempted yet</span>;
  return last.status === null ? <span className="lw-muted">{last.error}</span> : `${last.status}`;
}

interface DeliveriesTableProps {
  deliveries: Delivery[];
  /** Address of the page with one delivery open. */
  hrefOf: (id: string) => string;
  empty: React.ReactNode;
  foot: React.ReactNode;
}

/** Renders the delivery log, newest first; a row opens its payload and all attempts. */
export function DeliveriesTable({ deliveries, hrefOf, empty, foot }: DeliveriesTableProps) {
  return (
    <DataTable
      label="Deliveries"
      rows={deliveries}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ id }) => hrefOf(id)}
      density="dense"
      empty={empty}
      foot={
        <>
          <span>{plural(deliveries.length, "delivery", "deliveries")} shown</span> {foot}
        </>
      }
    />
  );
}
