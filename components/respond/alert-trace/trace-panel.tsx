import classes from "#components/alerting/alerts/alerts.module.css";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { AlertTrace, TraceStep } from "#server/alerting/alerts/contract.ts";

const stageLabels: Record<TraceStep["stage"], string> = {
  rule: "Rule",
  validate: "Received",
  merge: "Merged",
  route: "Route",
  group: "Group",
  inhibit: "Inhibition",
  time: "Mute time intervals",
  silence: "Silence",
  ack: "Acknowledged",
  gate: "Low-traffic gate",
  dedup: "Deduplication",
  send: "Sent",
  deliver: "Delivered",
};

/** Explains why an alert was notified or not: each decision in order, with its cause and a link to it. */
export function TracePanel({ trace }: { trace: AlertTrace }) {
  const { steps, outcome, reason } = trace;
  const isNotified = outcome === "notified";
  return (
    <Panel
      id="why"
      title={isNotified ? "Why this alert notified" : "Why this alert did not notify"}
      subtitle="in evaluation order"
      flush
    >
      <p className={classes.outcome}>
        <StatusBadge state={isNotified ? "on-target" : "paused"} filled>
          {isNotified ? "Notified" : "Not notified"}
        </StatusBadge>
        <span>{reason}</span>
      </p>
      {steps.length === 0 ? (
        <EmptyState title="No decisions yet" />
      ) : (
        <ol className={classes.stages} aria-label="Decisions">
          {steps.map((step, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps are never moved
            <li className={classes.stage} key={index} data-decides={step.result === reason || undefined}>
              <strong>{stageLabels[step.stage]}</strong>
              <span>{step.href ? <Link href={step.href}>{step.result}</Link> : step.result}</span>
              <span className="lw-quiet">{step.at && <RelativeTime at={step.at} />}</span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
