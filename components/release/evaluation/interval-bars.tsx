import type { SeriesStyle } from "#components/charts/series-style.ts";
import classes from "./evaluation.module.css";
import { barOf, placeOf } from "./interval-geometry.ts";

interface Interval {
  low: number;
  high: number;
}

interface IntervalBarsProps {
  scale: Interval;
  /** The version under evaluation first; a second one is drawn below it, dashed with an open dot. */
  values: readonly { value: number; interval: Interval | null; style?: SeriesStyle | undefined }[];
  /** Upright line: 0 of differences, or the value of all rows. */
  mark?: number | undefined;
  /** Colour of a decided difference. */
  tone?: "better" | "worse" | undefined;
}

/** Draws intervals on the scale of their column. The numbers stand beside it, so readers hear nothing. */
export function IntervalBars({ scale, values, mark, tone }: IntervalBarsProps) {
  return (
    <span className={classes.bars} data-pair={values.length > 1 || undefined} aria-hidden="true">
      {mark !== undefined && <span className={classes.mark} style={{ left: `${placeOf(scale, mark)}%` }} />}
      {values.map(({ value, interval, style }, index) => {
        const { left, width, point } = barOf(scale, value, interval);
        return (
          <span
            className={classes.bar}
            data-second={index > 0 || undefined}
            data-tone={tone}
            style={style && { color: style.colour, opacity: style.opacity }}
            key={index === 0 ? "first" : "second"}
          >
            <span className={classes.line} style={{ left: `${left}%`, width: `${width}%` }} />
            <span className={classes.dot} style={{ left: `${point}%` }} />
          </span>
        );
      })}
    </span>
  );
}
