import { formatPercent } from "./format.ts";
import { judgeLeeway, type LeewayInput } from "./leeway.ts";
import classes from "./leeway-scale.module.css";
import { StatusBadge } from "./status-badge.tsx";

interface LeewayScaleProps extends LeewayInput {
  /** 6 to 10. */
  height?: number;
  /** Only the track: the number and word stand elsewhere. */
  bare?: boolean;
}

/** The error budget, drawn the same way everywhere: what is left from the left, ticks, the line of even pace. */
export function LeewayScale({ height = 8, bare, ...input }: LeewayScaleProps) {
  const { left, pace } = input;
  const verdict = judgeLeeway(input);
  const length = left === null ? 0 : Math.min(1, Math.abs(left));
  const said = [
    `Error budget: ${verdict.figure}`,
    pace === null ? undefined : `even pace ${formatPercent(pace)}`,
    verdict.word.toLowerCase(),
  ];
  return (
    <div className={classes.root} data-bare={bare || undefined}>
      <div className={classes.scale} role="img" aria-label={said.filter(Boolean).join(", ")}>
        <div className={classes.track} data-state={verdict.state} style={{ height }}>
          <div className={classes.fill} style={{ width: `${length * 100}%` }} />
        </div>
        <div className={classes.ticks} />
        {pace !== null && left !== null && (
          <div className={classes.pace} style={{ left: `${pace * 100}%`, height: height + 6 }} />
        )}
      </div>
      {!bare && <span className={`${classes.figure} lw-number`}>{verdict.figure}</span>}
      {!bare && <StatusBadge state={verdict.state}>{verdict.word}</StatusBadge>}
    </div>
  );
}
