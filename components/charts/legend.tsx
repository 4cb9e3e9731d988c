import classes from "./legend.module.css";
import type { SeriesStyle } from "./series-style.ts";

export interface LegendEntry {
  label: string;
  style: SeriesStyle;
  /** Areas and bars have a square, lines their dash. */
  shape?: "line" | "square";
}

/** Renders the dash or square of a series, for chips, tables and legends. */
export function SeriesSwatch({ style, shape = "line" }: Omit<LegendEntry, "label">) {
  if (shape === "square") {
    return (
      <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
        <rect width="10" height="10" rx="1.5" fill={style.colour} opacity={style.opacity} />
      </svg>
    );
  }
  return (
    <svg width="16" height="8" viewBox="0 0 16 8" aria-hidden="true">
      <path
        d="M0 4h16"
        fill="none"
        stroke={style.colour}
        strokeWidth="2"
        strokeDasharray={style.dash}
        opacity={style.opacity}
      />
    </svg>
  );
}

/** Renders series names with their dash. */
export function Legend({ entries }: { entries: LegendEntry[] }) {
  if (entries.length === 0) return null;
  return (
    <ul className={classes.legend}>
      {entries.map(({ label, style, shape }) => (
        <li className={classes.entry} key={label}>
          <SeriesSwatch style={style} {...(shape ? { shape } : {})} />
          {label}
        </li>
      ))}
    </ul>
  );
}
