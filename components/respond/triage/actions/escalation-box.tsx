"use client";

import { Button } from "@mantine/core";
import { formatClock, formatDuration } from "#components/ui/format-time.ts";
import { useHydrated, useNow } from "#components/ui/now.tsx";
import { namesOf } from "#server/respond/oncall/escalation/constants.ts";
import type { Chosen } from "../board-types.ts";
import classes from "./act.module.css";

interface EscalationBoxProps {
  next: NonNullable<Chosen["nextEscalation"]>;
  /** Reason why the reader may not page; undefined if they may. */
  why: string | undefined;
  isBusy: boolean;
  onPage: () => void;
}

/** Counts down to the next step of the escalation: who is paged, the button that does it now, and the step after it. */
export function EscalationBox({ next, why, isBusy, onPage }: EscalationBoxProps) {
  const now = useNow(1000);
  const zone = useHydrated() ? {} : { timeZone: "UTC" };
  const { step, steps, words, waitMs, following } = next;
  const at = Date.parse(next.at);
  const left = Math.max(0, at - now);
  const names = namesOf(next);
  const who = names.join(", ") || words.join(", ");
  const clock = formatClock(at, zone);
  return (
    <section className={classes.countdown} aria-label="Next escalation">
      <div className={classes.count}>
        <strong className="lw-number" aria-hidden="true" suppressHydrationWarning>
          {formatCountdown(left)}
        </strong>
        <span>
          until <b>{who}</b> {names.length > 1 ? "are" : "is"} paged{" "}
          <span className="lw-quiet">
            (step {step} of {steps}, {clock})
          </span>
        </span>
        {/* Announced each minute; the seconds are for the eye. */}
        <span className="lw-hidden" aria-live="polite">
          {left === 0 ? "Due now" : `${formatDuration(Math.ceil(left / 60_000) * 60_000)} left`}
        </span>
      </div>
      <span className={classes.track} aria-hidden="true">
        <span
          style={{ width: `${waitMs > 0 ? Math.min(100, Math.max(0, 100 * (1 - left / waitMs))) : 100}%` }}
          suppressHydrationWarning
        />
      </span>
      <div className={classes.countFoot}>
        <Button variant="default" size="xs" disabled={why !== undefined} title={why} loading={isBusy} onClick={onPage}>
          Page {names.length === 1 ? names[0] : "them"} now
        </Button>
        {following && (
          <span className="lw-quiet">
            then {following.words[0]}, {formatClock(Date.parse(following.at), zone)}
          </span>
        )}
      </div>
    </section>
  );
}

/** Formats a time left as a clock: "3:41". */
function formatCountdown(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
