"use client";

import { formatClock, formatRelative } from "#components/ui/format-time.ts";
import { useNow } from "#components/ui/now.tsx";
import { StaleLine } from "#components/ui/states.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import { useLive } from "./live-events.tsx";
import classes from "./top-bar.module.css";

/** Maximum interruption after which a resumed stream counts as merely renewed. */
const renewalMs = 10_000;

/** Renders "Live, 4 s ago", or the dashed ring and "Stopped, 5 min ago". */
export function Freshness() {
  const { status, lastAt, stoppedAt } = useLive();
  const now = useNow();
  const stopped = status === "stopped" && stoppedAt !== undefined && now - stoppedAt >= renewalMs;
  if (stopped) {
    return (
      <span className={classes.freshness}>
        <StatusShape state="no-data" />
        <span>Stopped, {formatRelative(stoppedAt, now)}</span>
      </span>
    );
  }
  return (
    <span className={classes.freshness}>
      <StatusShape state={lastAt ? "on-target" : "no-data"} size={8} />
      <span className={classes.freshnessText}>
        {lastAt ? `Live, ${formatRelative(Math.min(lastAt, now), now)}` : "Connecting"}
      </span>
    </span>
  );
}

/** Renders "Fixed range", for a page whose time range is over. */
export function FixedRange() {
  return (
    <span className={classes.freshness}>
      <StatusShape state="paused" size={8} />
      <span className={classes.freshnessText}>Fixed range</span>
    </span>
  );
}

/** Renders the stale line above a live page whose stream has been down for more than 10 s. */
export function StreamLine() {
  const { status, lastAt, stoppedAt } = useLive();
  const now = useNow();
  if (status !== "stopped" || !stoppedAt || now - stoppedAt < renewalMs) return null;
  return (
    <StaleLine>
      {lastAt && `Showing data as of ${formatClock(lastAt)}. `}Live updates stopped {formatRelative(stoppedAt, now)}.
      Reconnecting…
    </StaleLine>
  );
}
