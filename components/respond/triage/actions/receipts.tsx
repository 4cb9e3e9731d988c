"use client";

import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { Chosen } from "../board-types.ts";
import classes from "./act.module.css";

type Receipt = Chosen["receipts"][number];

const badges: Record<Receipt["state"], { state: State; word: string }> = {
  queued: { state: "running", word: "Queued" },
  delivered: { state: "finished", word: "Delivered" },
  acknowledged: { state: "on-target", word: "Acknowledged" },
  failed: { state: "missed", word: "Failed" },
  "not-sent": { state: "paused", word: "Not sent" },
};

/** Lists what became of each page: one line per person or receiver and channel, a failure with its reason. */
export function Receipts({ receipts }: Pick<Chosen, "receipts">) {
  if (receipts.length === 0) return null;
  return (
    <section className={classes.section} aria-label="Who was notified">
      <h2 className={classes.title}>Who was notified</h2>
      <ul className={classes.receipts}>
        {receipts.map(({ to, by, at, state, reason }) => (
          <li key={`${to} ${by} ${at}`}>
            <span>
              <strong>{to}</strong>{" "}
              <span className="lw-quiet">
                {by}, <RelativeTime at={at} />
              </span>
            </span>
            <StatusBadge state={badges[state].state}>{badges[state].word}</StatusBadge>
            {reason && (
              <p className="lw-small">
                {reason} {state === "failed" && <Link href="/alerts/receivers">Fix…</Link>}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
