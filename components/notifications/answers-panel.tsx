import { CopyButton } from "#components/ui/copy-button.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Channel, ChannelAnswers } from "#server/notifications/contract.ts";
import { kindWords } from "./channel-words.ts";
import classes from "./notifications.module.css";

interface AnswersPanelProps {
  channels: readonly Channel[];
  /** How this installation is reached, without a slash at the end. */
  publicUrl: string;
}

type Row = Channel & { answers: ChannelAnswers };

/** Where PagerDuty and Slack send what people acknowledge there, and when that was used; nothing where no channel takes any. */
export function AnswersPanel({ channels, publicUrl }: AnswersPanelProps) {
  const rows = channels.filter((channel): channel is Row => channel.answers !== null);
  if (rows.length === 0) return null;
  const columns: Column<Row>[] = [
    { key: "kind", head: "From", cell: ({ settings }) => kindWords[settings.kind] },
    { key: "state", head: "State", cell: ({ answers }) => <AnswersState {...answers} /> },
    {
      key: "address",
      head: "Address to enter there",
      cell: ({ answers, settings }) => (
        <span className={classes.address}>
          <code>{publicUrl + answers.path}</code>
          <CopyButton value={publicUrl + answers.path} label={`Copy the address for ${kindWords[settings.kind]}`} />
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
    <Panel title="Acknowledged elsewhere" subtitle="who takes it in PagerDuty or Slack has it here, too" flush>
      <DataTable label="Acknowledged elsewhere" rows={rows} columns={columns} rowKey={({ id }) => id} />
      <div className={classes.how}>
        {rows.some(({ settings }) => settings.kind === "pagerduty") && (
          <p className="lw-muted lw-small">
            PagerDuty: Integrations, Generic Webhooks (v3), New Webhook, with the events incident.acknowledged and
            incident.resolved; it shows the secret for “Edit channels…” once.
          </p>
        )}
        {rows.some(({ settings }) => settings.kind !== "pagerduty") && (
          <p className="lw-muted lw-small">
            Slack: at api.slack.com/apps, Interactivity & Shortcuts, Request URL. An app has one: channels of the same
            app share the address of one of them, and each has the signing secret.
          </p>
        )}
      </div>
    </Panel>
  );
}

function AnswersState({ hasSecret, lastAt, refusedAt }: ChannelAnswers) {
  if (!hasSecret) return <StatusBadge state="not-started">No secret yet</StatusBadge>;
  if (refusedAt && (!lastAt || refusedAt > lastAt)) return <StatusBadge state="missed">Signature is wrong</StatusBadge>;
  if (!lastAt) return <StatusBadge state="not-started">Not used yet</StatusBadge>;
  return <StatusBadge state="on-target">Works</StatusBadge>;
}
