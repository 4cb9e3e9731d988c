import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { Webhook } from "#server/platform/webhooks/contract.ts";
import classes from "./webhooks.module.css";

const columns: Column<Webhook>[] = [
  { key: "name", head: "Name", cell: ({ name }) => name },
  { key: "host", head: "Host", cell: ({ url }) => <code className="lw-quiet">{new URL(url).host}</code> },
  {
    key: "events",
    head: "Events",
    cell: ({ events }) => (
      <span className={classes.events}>
        {events.slice(0, 3).map((event) => (
          <Tag key={event} mono>
            {event}
          </Tag>
        ))}
        {events.length > 3 && <span className="lw-small lw-quiet">and {events.length - 3} more</span>}
      </span>
    ),
  },
  { key: "signed", head: "Signed", cell: ({ isSigned }) => (isSigned ? "yes" : "no") },
  { key: "state", head: "State", cell: (webhook) => <WebhookState webhook={webhook} /> },
  { key: "changed", head: "Last changed", cell: ({ updatedAt }) => <RelativeTime at={updatedAt} /> },
];

/** Webhooks by name. */
export function WebhooksTable({ webhooks, empty }: { webhooks: Webhook[]; empty: React.ReactNode }) {
  return (
    <DataTable
      label="Webhooks"
      rows={webhooks}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ id }) => `/settings/webhooks/${id}`}
      empty={empty}
    />
  );
}

/** Shows whether a webhook is enabled. */
export function WebhookState({ webhook, filled }: { webhook: Webhook; filled?: boolean }) {
  return (
    <StatusBadge state={webhook.disabledAt ? "paused" : "on-target"} {...(filled && { filled })}>
      {webhook.disabledAt ? "Off" : "On"}
    </StatusBadge>
  );
}
