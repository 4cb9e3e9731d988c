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
