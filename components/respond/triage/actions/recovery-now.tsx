"use client";

import { formatDuration, formatUntil } from "#components/ui/format-time.ts";
import { useHydrated, useNow } from "#components/ui/now.tsx";
import { calmMs, effectMs } from "#server/respond/incidents/stages/constants.ts";
import type { Chosen } from "../board-types.ts";
import classes from "./act.module.css";

/** Replaces the recommended action while recovery is watched: how long it must stay calm, and what follows. */
export function RecoveryNow({ stage }: { stage: NonNullable<Chosen["row"]["stage"]> }) {
  const now = useNow(1000);
  const zone = useHydrated() ? undefined : "UTC";
  const { calmAt, words } = stage;
  if (calmAt === null) {
    return (
      <section className={classes.countdown} aria-label="Recovery">
        <p>{words}</p>
        <p className="lw-quiet">
          If it does not fall within {formatDuration(effectMs)}, Leeway says so and pages the lead.
        </p>
      </section>
    );
  }
  const left = Math.max(0, calmAt - now);
  return (
    <section className={classes.countdown} aria-label="Recovery">
      <div className={classes.count}>
        <strong className="lw-number" suppressHydrationWarning>
          {formatDuration(Math.max(1, Math.ceil(left / 60_000)) * 60_000)}
        </strong>
        <span>to go. No action needed: Leeway asks to resolve it at {formatUntil(calmAt, now, zone)}.</span>
      </div>
      <span className={classes.track} aria-hidden="true">
        <span style={{ width: `${Math.min(100, 100 * (1 - left / calmMs))}%` }} suppressHydrationWarning />
      </span>
      <p className="lw-quiet">If the burn rate exceeds 1× again, Leeway pages the lead within 1 min.</p>
    </section>
  );
}
