import classes from "./chart-tooltip.module.css";
import { SeriesSwatch } from "./legend.tsx";
import type { SeriesStyle } from "./series-style.ts";

export interface TooltipLine {
  label: string;
  style: SeriesStyle;
  value: number | null;
  /** With its unit. */
  text: string;
}

/** Shows the values of all lines at the cursor, ordered by value, under the absolute time or step. */
export function ChartTooltip({ title, lines }: { title: string; lines: TooltipLine[] }) {
  const ordered = [...lines].sort(
    (a, b) => (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY),
  );
  return (
    <div className={classes.card} role="status">
      <div className={classes.title}>{title}</div>
      {ordered.slice(0, 10).map((line) => (
        <div className={classes.line} key={line.label}>
          <SeriesSwatch style={line.style} />
          <span>{line.label}</span>
          <span className={classes.number} data-missing={line.value === null || undefined}>
            {line.text}
          </span>
        </div>
      ))}
    </div>
  );
}
