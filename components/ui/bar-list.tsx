import type { ReactNode } from "react";
import classes from "./bar-list.module.css";
import { formatPercent } from "./format.ts";

export interface Bar {
  label: ReactNode;
  /** Length on the shared scale; null has no bar and says "–". */
  value: number | null;
  /** Text beside the bar; by default the value as a percentage of 1. */
  text?: string;
  /** Whether to draw the bar in the accent colour, for the prediction or the selected one. */
  highlighted?: boolean;
}

/** Renders a bar beside its number, not instead of it. */
export function BarCell({ value, most = 1, text }: { value: number | null; most?: number; text?: string }) {
  return (
    <span className={classes.cell}>
      <Track value={value} most={most} />
      <span className="lw-number">{text ?? formatPercent(value)}</span>
    </span>
  );
}

function Track({ value, most }: { value: number | null; most: number }) {
  const share = value === null || most <= 0 ? 0 : Math.min(1, Math.max(0, value / most));
  return (
    <span className={classes.track} aria-hidden="true">
      <span className={classes.fill} style={{ width: `${share * 100}%` }} />
    </span>
  );
}

/** Renders probabilities or shares on one scale (`most`, 1 by default), in the given order, longest first. */
export function BarList({ bars, most = 1, label }: { bars: Bar[]; most?: number; label: string }) {
  return (
    <ul className={classes.list} aria-label={label}>
      {bars.map((bar, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: labels may repeat and the order is the identity
        <li className={classes.row} data-highlighted={bar.highlighted || undefined} key={index}>
          <span className={classes.label}>{bar.label}</span>
          <Track value={bar.value} most={most} />
          <span className={`${classes.number} lw-number`}>{bar.text ?? formatPercent(bar.value)}</span>
        </li>
      ))}
    </ul>
  );
}
