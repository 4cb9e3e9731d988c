import { CodeBlock } from "#components/ui/code-block.tsx";
import { formatDuration } from "#components/ui/format-time.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Attempt, Delivery } from "#server/platform/webhooks/contract.ts";
import { DeliveryState } from "./deliveries-table.tsx";
import { ReplayButton, type ReplayButtonProps } from "./replay-button.tsx";
import classes from "./webhooks.module.css";

/** Renders one delivery: its payload, and the response of each attempt. */
export function DeliveryPanel({ delivery, replay }: { delivery: Delivery; replay: ReplayButtonProps["replay"] }) {
  const { id, event, body, state, attempts, replayOf } = delivery;
  return (
    <Panel
      id="delivery"
      title={<code>{event}</code>}
      subtitle={replayOf ? "resent manually" : `id ${id}`}
      right={
        <>
          <DeliveryState state={state} />
          {state !== "pending" && <ReplayButton deliveryId={id} replay={replay} />}
        </>
      }
      flush
    >
      <PanelSection title="Attempts">
        {attempts.length === 0 && <p className="lw-quiet">Not attempted yet.</p>}
        <ol className={classes.tries}>
          {attempts.map((attempt) => (
            <li key={attempt.at.toISOString()}>
              <Try attempt={attempt} />
            </li>
          ))}
        </ol>
      </PanelSection>
      <PanelSection title="Body">
        <CodeBlock examples={[{ label: "JSON", code: JSON.stringify(JSON.parse(body), null, 2) }]} />
      </PanelSection>
    </Panel>
  );
}

function Try({ attempt: { at, status, durationMs, answer: response, error } }: { attempt: Attempt }) {
  const isGood = status !== null && status >= 200 && status < 300;
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
