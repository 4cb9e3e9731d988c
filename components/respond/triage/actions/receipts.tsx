"use client";

import { formatClock } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { useHydrated } from "#components/ui/now.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { Chosen } from "../board-types.ts";
import classes from "./act.module.css";
import { groupReceipts } from "./group-receipts.ts";

type Receipt = Chosen["receipts"][number];

const badges: Record<Receipt["state"], { state: State; word: string }> = {
  queued: { state: "running", word: "Sending" },
  delivered: { state: "finished", word: "Delivered" },
  acknowledged: { state: "on-target", word: "Acknowledged" },
  "no-answer": { state: "watch", word: "No answer" },
  failed: { state: "missed", word: "Failed" },
  "not-sent": { state: "paused", word: "Not sent" },
};

const channelNames: Record<string, string> = {
  email: "Email",
  "slack-bot": "Slack",
  "slack-hook": "Slack",
  pagerduty: "PagerDuty",
  webhook: "Webhook",
};

interface ReceiptsProps {
  receipts: Receipt[];
  /** "policy Payments, step 1 of 3". */
  note: string;
  /** Sends a failed page again; absent for those who may not. */
  onRetry?: ((notificationId: string) => void) | undefined;
}

/** Lists what became of each page: one line for each person or receiver and channel, a failure with its reason and its repair. */
export function Receipts({ receipts, note, onRetry }: ReceiptsProps) {
  const zone = useHydrated() ? {} : { timeZone: "UTC" };
  if (receipts.length === 0) return null;
  return (
    <section className={classes.section} aria-label="Who was notified">
      <div className={classes.sectionHead}>
        <h2 className={classes.title}>Who was notified</h2>
        <span className="lw-caption lw-quiet">{note}</span>
      </div>
      {groupReceipts(receipts).map(({ to, isPerson, items }) => (
        <div className={classes.notified} key={`${isPerson} ${to}`}>
          <strong>{to}</strong>
          <ul>
            {items.map(({ id, by, at, state, reason, canRetry, fixHref }) => (
              <li key={id}>
                <span>{channelNames[by] ?? by}</span>
                <time className="lw-number" dateTime={at}>
                  {formatClock(Date.parse(at), zone)}
                </time>
                <StatusBadge state={badges[state].state}>{badges[state].word}</StatusBadge>
                <span className={classes.repair}>
                  {fixHref && <Link href={fixHref}>Fix…</Link>}
                  {canRetry && onRetry && (
                    <button type="button" onClick={() => onRetry(id)}>
                      Retry
                    </button>
                  )}
                </span>
                {reason && <p>{reason}</p>}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
