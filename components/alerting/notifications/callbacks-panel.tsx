import { CopyButton } from "#components/ui/copy-button.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Channel, ChannelCallbacks } from "#server/alerting/notifications/contract.ts";
import { kindLabels } from "./channel-labels.ts";
import classes from "./notifications.module.css";

interface CallbacksPanelProps {
  channels: readonly Channel[];
  /** Base URL of this installation, without a trailing slash. */
  publicUrl: string;
}

type Row = Channel & { answers: ChannelCallbacks };

/** Shows the callback URLs of PagerDuty and Slack, and when each was last used; renders nothing if no channel accepts acknowledgements. */
export function CallbacksPanel({ channels, publicUrl }: CallbacksPanelProps) {
  const rows = channels.filter((channel): channel is Row => channel.answers !== null);
  if (rows.length === 0) return null;
  const columns: Column<Row>[] = [
    { key: "kind", head: "From", cell: ({ settings }) => kindLabels[settings.kind] },
    { key: "state", head: "State", cell: ({ answers: callbacks }) => <CallbacksState {...callbacks} /> },
    {
      key: "address",
      head: "Callback URL",
      cell: ({ answers: callbacks, settings }) => (
        <span className={classes.address}>
          <code>{publicUrl + callbacks.path}</code>
          <CopyButton value={publicUrl + callbacks.path} label={`Copy callback URL for ${kindLabels[settings.kind]}`} />
        </span>
      ),
    },
    {
      key: "last",
      head: "Last used",
      cell: ({ answers: { lastAt, lastOutcome } }) =>
        lastAt ? (
          <>
            <RelativeTime at={lastAt} />
            {lastOutcome && <span className="lw-muted">: {lastOutcome}</span>}
          </>
        ) : (
          <span className="lw-quiet">never</span>
        ),
    },
  ];
  return (
    <Panel title="Two-way sync" subtitle="acknowledging in PagerDuty or Slack also acknowledges here" flush>
      <DataTable label="Two-way sync" rows={rows} columns={columns} rowKey={({ id }) => id} />
      <div className={classes.how}>
        {rows.some(({ settings }) => settings.kind === "pagerduty") && (
          <p className="lw-muted lw-small">
            PagerDuty: go to Integrations, Generic Webhooks (v3), New Webhook, and select the events
            incident.acknowledged and incident.resolved. PagerDuty shows the secret to enter under “Edit channels…”
            once.
          </p>
        )}
        {rows.some(({ settings }) => settings.kind !== "pagerduty") && (
          <p className="lw-muted lw-small">
            Slack: at api.slack.com/apps, open Interactivity & Shortcuts and set the Request URL. An app has only one,
            so channels that use the same app share it; each needs the signing secret.
          </p>
        )}
      </div>
    </Panel>
  );
}

function CallbacksState({ hasSecret, lastAt, refusedAt }: ChannelCallbacks) {
  if (!hasSecret) return <StatusBadge state="not-started">No secret set</StatusBadge>;
  if (refusedAt && (!lastAt || refusedAt > lastAt)) return <StatusBadge state="missed">Invalid signature</StatusBadge>;
  if (!lastAt) return <StatusBadge state="not-started">Never used</StatusBadge>;
  return <StatusBadge state="on-target">Working</StatusBadge>;
}
