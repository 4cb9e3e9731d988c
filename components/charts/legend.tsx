import { isolated, toggled } from "./hidden-names.ts";
import classes from "./legend.module.css";
import type { SeriesStyle } from "./series-style.ts";

export interface LegendEntry {
  label: string;
  style: SeriesStyle;
  /** Areas and bars have a square, lines their dash. */
  shape?: "line" | "square";
  /** Whether it cannot be hidden: a threshold. */
  isFixed?: boolean;
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

interface LegendProps {
  entries: LegendEntry[];
  /** Labels of the series that are not drawn, and what replaces them; without it the legend only names. */
  hidden?: ReadonlySet<string> | undefined;
  onHide?: ((hidden: ReadonlySet<string>) => void) | undefined;
}

/** Renders series names with their dash. A click hides a series, a double click or Shift+Enter shows it alone. */
export function Legend({ entries, hidden = new Set(), onHide }: LegendProps) {
  if (entries.length === 0) return null;
  const all = entries.flatMap(({ label, isFixed }) => (isFixed ? [] : [label]));
  return (
    <ul className={classes.legend}>
      {entries.map(({ label, style, shape, isFixed }) => {
        const content = (
          <>
            <SeriesSwatch style={style} {...(shape ? { shape } : {})} />
            {label}
          </>
        );
        return (
          <li className={classes.entry} key={label}>
            {onHide && !isFixed && all.length > 1 ? (
              <button
                type="button"
                className={classes.toggle}
                aria-pressed={!hidden.has(label)}
                title="Hide or show; double-click or Shift+Enter to show it alone"
                onClick={(event) => onHide(event.shiftKey ? isolated(hidden, all, label) : toggled(hidden, all, label))}
                onDoubleClick={() => onHide(isolated(hidden, all, label))}
              >
                {content}
              </button>
            ) : (
              content
            )}
          </li>
        );
      })}
    </ul>
  );
}
