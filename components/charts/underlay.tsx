import { type Plot, xOf } from "./geometry.ts";
import classes from "./overlay.module.css";
import { bandPath, linePath } from "./paths.ts";
import type { Picture } from "./picture.ts";
import type { Series } from "./prepare.ts";
import type { SeriesStyle } from "./series-style.ts";

interface UnderlayProps {
  plot: Plot;
  pictures: readonly Picture[];
  /** In the order of `pictures`. */
  styles: readonly SeriesStyle[];
  /** The measured lines, behind smoothed ones. */
  withRaw: boolean;
}

/** Renders the background of the lines: the band from minimum to maximum, and the measured line at 28%. */
export function Underlay({ plot, pictures, styles, withRaw }: UnderlayProps) {
  return (
    <svg
      className={classes.underlay}
      style={{ left: plot.left, top: plot.top, width: plot.width, height: plot.height }}
      viewBox={`${plot.left} ${plot.top} ${plot.width} ${plot.height}`}
      aria-hidden="true"
    >
      {pictures.map(({ bands, raw }, index) => {
        const style = styles[index];
        if (!style) return null;
        const opacity = style.opacity ?? 1;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the place of a series is its identity here
          <g key={index} style={{ color: style.colour }}>
            {bands.map((piece) => (
              <path d={bandPath(plot, piece)} fill="currentColor" fillOpacity={0.16 * opacity} key={piece[0]?.at} />
            ))}
            {withRaw && (
              <path d={linePath(plot, raw)} fill="none" stroke="currentColor" strokeOpacity={0.28 * opacity} />
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** Marks the ranges in which a series is not a number, at the bottom of the plot and with a label. */
export function UnplottableMarks({ plot, series }: { plot: Plot; series: readonly Series[] }) {
  const [from, to] = plot.domain;
  return series.flatMap(({ id, label, unplottable = [] }) =>
    unplottable
      .filter((mark) => mark.to >= from && mark.from <= to)
      .map((mark) => {
        const left = xOf(plot, Math.max(mark.from, from));
        const width = Math.max(5, xOf(plot, Math.min(mark.to, to)) - left);
        return (
          <span
            className={classes.unplottable}
            style={{ left: Math.min(left, plot.left + plot.width - width), width, top: plot.top + plot.height - 4 }}
            title={`${label}: ${mark.word}`}
            key={`${id} ${mark.from} ${mark.word}`}
          />
        );
      }),
  );
}
