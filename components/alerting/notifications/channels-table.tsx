import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Channel, TestResult } from "#server/alerting/notifications/contract.ts";
import { kindLabels, targetOf } from "./channel-labels.ts";
import { TestButton } from "./test-button.tsx";

interface ChannelsTableProps {
  channels: Channel[];
  /** Undefined for users without permission. */
  test: ((channelId: string) => Promise<ActionState<TestResult>>) | undefined;
  empty: React.ReactNode;
}

/** Renders the channels of a receiver with their states, and a test of each. */
export function ChannelsTable({ channels, test, empty }: ChannelsTableProps) {
  const columns: Column<Channel>[] = [
    { key: "kind", head: "Channel", cell: ({ settings }) => kindLabels[settings.kind] },
    {
      key: "target",
      head: "Notifies",
      cell: ({ settings }) => <span className="lw-muted">{targetOf(settings)}</span>,
    },
    { key: "state", head: "State", cell: (channel) => <ChannelState channel={channel} /> },
    { key: "pending", head: "Waiting", align: "right", cell: ({ outbox }) => outbox.pending },
    { key: "dead", head: "Failed, 24 h", align: "right", cell: ({ outbox }) => outbox.dead },
    { key: "held", head: "Rate-limited, 24 h", align: "right", cell: ({ outbox }) => outbox.held },
    {
      key: "last",
      head: "Last delivered",
      cell: ({ lastDeliveredAt }) =>
        lastDeliveredAt ? <RelativeTime at={lastDeliveredAt} /> : <span className="lw-quiet">never</span>,
    },
    ...(test
      ? [
          {
            key: "test",
            head: "Test",
            cell: ({ id, settings }: Channel) => (
              <TestButton channelId={id} label={`Send test to ${kindLabels[settings.kind]}`} test={test} />
            ),
          },
        ]
      : []),
  ];
  return <DataTable label="Channels" rows={channels} columns={columns} rowKey={({ id }) => id} empty={empty} />;
}

/** Shows whether messages reach their target through a channel. */
function ChannelState({ channel: { disabledAt, outbox, lastDeliveredAt } }: { channel: Channel }) {
  if (disabledAt) return <StatusBadge state="paused">Disabled</StatusBadge>;
  if (outbox.dead > 0) return <StatusBadge state="missed">Delivery failures</StatusBadge>;
  if (outbox.pending > 0) return <StatusBadge state="running">Sending</StatusBadge>;
  if (!lastDeliveredAt) return <StatusBadge state="not-started">Never used</StatusBadge>;
  return <StatusBadge state="on-target">Delivers</StatusBadge>;
}
