"use client";

import { useNow } from "#components/ui/now.tsx";
import classes from "./drills.module.css";

/** Shows how much time of a game day is left, each second. */
export function TimeLeft({ until, minutes }: { until: Date; minutes: number }) {
  const left = Math.max(0, Math.ceil((until.getTime() - useNow()) / 1000));
  return (
    <div className={classes.left} role="timer">
      <strong className="lw-number">
        {Math.floor(left / 60)}:{String(left % 60).padStart(2, "0")}
      </strong>
      <span className="lw-muted">left of {minutes} min</span>
    </div>
  );
}
