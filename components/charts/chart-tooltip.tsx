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

interface ChartTooltipProps {
  /** The absolute time or step. */
  title: string;
  lines: readonly TooltipLine[];
  /** Whether the lines keep their order; by value otherwise. */
  isOrdered?: boolean;
}

/** Values of several charts have no common order, so none of them may be cut off. */
const maxLines = { one: 10, several: 24 } as const;

/** Shows the values of all lines at the cursor. */
export function ChartTooltip({ title, lines, isOrdered = false }: ChartTooltipProps) {
  const ordered = isOrdered
    ? lines
    : lines.toSorted((a, b) => (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY));
  return (
    <div className={classes.card} role="status">
      <div className={classes.title}>{title}</div>
      {ordered.slice(0, isOrdered ? maxLines.several : maxLines.one).map((line) => (
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
