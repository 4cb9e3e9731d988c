import type { ReactNode } from "react";
import { noValue } from "./format.ts";
import classes from "./metric-tile.module.css";

export interface MetricTileProps {
  /** Plain words, or a `Definition` around them. */
  label: ReactNode;
  /** Formatted number without its unit; null says "–". */
  value: string | null;
  unit?: string;
  /** Value that the number is compared with: "objective 120 ms", "39.8 this time last week". */
  comparison?: ReactNode;
  /** A `StatusBadge` at the label. */
  badge?: ReactNode;
  /** A `Sparkline`, 54 to 64 wide. */
  sparkline?: ReactNode;
  large?: boolean;
}

/** Renders a label, a value with its unit, and a comparison. The number keeps the text colour: the badge carries the state. */
export function MetricTile({ label, value, unit, comparison, badge, sparkline, large }: MetricTileProps) {
  return (
    <div className={classes.tile}>
      <div className={classes.label}>
        <span>{label}</span>
        {badge}
      </div>
      <div className={classes.figures}>
        {value === null ? (
          <span className={classes.none}>{noValue}</span>
        ) : (
          <span className={classes.value} data-large={large || undefined}>
            <span className="lw-number">{value}</span>
            {unit && <span className={classes.unit}> {unit}</span>}
          </span>
        )}
        {sparkline}
      </div>
      {comparison && <div className={classes.comparison}>{comparison}</div>}
    </div>
  );
}

/** Tiles that belong together: one panel divided by hairlines. */
export function MetricStrip({ children }: { children: ReactNode }) {
  return <div className={classes.strip}>{children}</div>;
}

/** Renders three bars with the dimensions of a tile that is still loading. */
export function MetricTileSkeleton() {
  return (
    <div className={classes.tile} aria-hidden="true">
      <div className={classes.bar} style={{ width: "40%", height: 10 }} />
      <div className={classes.bar} style={{ width: "60%", height: 22 }} />
      <div className={classes.bar} style={{ width: "50%", height: 10 }} />
    </div>
  );
}
