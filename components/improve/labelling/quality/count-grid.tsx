import { formatCount, formatNumber } from "#components/ui/format.ts";
import classes from "./grid.module.css";

interface CountGridProps {
  /** What rows and columns are, for screen readers. */
  label: string;
  /** Names of rows and columns, in their order. */
  names: readonly string[];
  counts: readonly (readonly number[])[];
}

/** Renders counts of rows by columns as a share of their row: the darker, the more. The diagonal is agreement and stays plain. */
export function CountGrid({ label, names, counts }: CountGridProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: wide grids are scrolled by keys
    <section className={classes.scroll} aria-label={`${label}, scrolls horizontally`} tabIndex={0}>
      <table className={classes.grid} aria-label={label}>
        <thead>
          <tr>
            <td aria-hidden="true" style={{ background: "none" }} />
            {names.map((name) => (
              <th scope="col" title={name} key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name, row) => {
            const total = (counts[row] ?? []).reduce((sum, count) => sum + count, 0);
            return (
              <tr key={name}>
                <th scope="row" title={name}>
                  {name}
                </th>
                {names.map((other, column) => {
                  const count = counts[row]?.[column] ?? 0;
                  const share = total === 0 ? 0 : count / total;
                  return (
                    <td
                      className="lw-number"
                      data-diagonal={row === column || undefined}
                      data-shade={(row !== column && count > 0) || undefined}
                      data-dark={(row !== column && share > 0.3) || undefined}
                      style={{ "--shade": `${Math.min(100, Math.round(share * 250))}%` } as React.CSSProperties}
                      title={`${name} → ${other}: ${formatCount(count)} of ${formatCount(total)}`}
                      key={other}
                    >
                      {count > 0 && percent(share)}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** The heading says that it is in percent. */
function percent(share: number): string {
  return formatNumber(share * 100, { decimals: share < 0.01 ? 1 : 0 });
}
