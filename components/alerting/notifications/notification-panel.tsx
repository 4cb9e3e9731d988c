import { formatDuration } from "#components/ui/format-time.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Notification, NotificationAttempt } from "#server/alerting/notifications/contract.ts";
import { notificationLabels } from "./channel-labels.ts";
import classes from "./notifications.module.css";
import { NotificationBadge } from "./notifications-table.tsx";
import { RetryButton, type RetryButtonProps } from "./retry-button.tsx";

interface NotificationPanelProps {
  notification: Notification;
  /** Undefined for users without permission. */
  retry: RetryButtonProps["retry"] | undefined;
}

/** Renders one notification: the reason for its state, and the response of each attempt. */
export function NotificationPanel({ notification, retry }: NotificationPanelProps) {
  const { id, title, kind, state, note, attempts, supersedes, nextAttemptAt } = notification;
  const canRetry = state === "dead" || state === "capped";
  return (
    <Panel
      id="notification"
      title={title}
      subtitle={notificationLabels[kind]}
      right={
        <>
          <NotificationBadge state={state} />
          {canRetry && retry && <RetryButton notificationId={id} retry={retry} />}
        </>
      }
      flush
    >
      <PanelSection title="Attempts">
        {note && <p>{note}</p>}
        {supersedes > 0 && <p className="lw-muted">Replaces {supersedes} earlier messages that were not sent.</p>}
        {attempts.length === 0 && <p className="lw-quiet">Not attempted.</p>}
        {state === "pending" && nextAttemptAt && (
          <p className="lw-muted">
            Next attempt <RelativeTime at={nextAttemptAt} />.
          </p>
        )}
        <ol className={classes.tries}>
          {attempts.map((attempt) => (
            <li key={attempt.at.toISOString()}>
              <Try attempt={attempt} />
            </li>
          ))}
        </ol>
      </PanelSection>
    </Panel>
  );
}

function Try({ attempt: { at, status, durationMs, answer: response, error } }: { attempt: NotificationAttempt }) {
  const isGood = status !== null && status >= 200 && status < 300 && !error;
  return (
    <>
      <StatusBadge state={isGood ? "on-target" : "missed"}>{status ?? "No response"}</StatusBadge>{" "}
      <span className="lw-muted">
        <RelativeTime at={at} />, after {formatDuration(durationMs)}
      </span>
      {(error || response) && <pre className="lw-small lw-quiet">{error ?? response}</pre>}
    </>
  );
}
