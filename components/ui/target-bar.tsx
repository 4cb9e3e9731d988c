import type { ReactNode } from "react";
import classes from "./target-bar.module.css";
import { targetState } from "./target-share.ts";

interface TargetBarProps {
  /** Value as a share of its target: 1 is the target. */
  share: number;
  children: ReactNode;
}

/** Share of the track at which the target stands. */
const targetAt = 0.8;

/** Renders a value as a share of its target, with an upright line at the target, beside its number: quiet, Watch above 70%, Missed above it. */
export function TargetBar({ share, children }: TargetBarProps) {
  return (
    <span className={classes.root}>
      <span className={classes.track} aria-hidden="true">
        <span
          className={classes.fill}
          data-state={targetState(share)}
          style={{ width: `${Math.min(1, share * targetAt) * 100}%` }}
        />
        <span className={classes.target} style={{ left: `${targetAt * 100}%` }} />
      </span>
      <span className="lw-number">{children}</span>
    </span>
  );
}

/** Renders how much of something is done, beside words. */
export function ProgressBar({ label, share, children }: { label: string; share: number | null; children: ReactNode }) {
  const percent = share === null ? undefined : Math.floor(Math.min(1, share) * 100);
  return (
    <span className={classes.root}>
      <span
        className={classes.track}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <span className={classes.fill} data-state="running" style={{ width: `${percent ?? 0}%` }} />
      </span>
      <span className="lw-number">{children}</span>
    </span>
  );
}
