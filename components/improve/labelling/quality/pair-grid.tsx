import { formatCountOf, formatNumber, noValue } from "#components/ui/format.ts";
import type { LabelRunResults } from "#server/improve/labelling/runs/contract.ts";
import classes from "./grid.module.css";

/** Shared items below which a pair is not compared. */
const minShared = 20;
/** Kappa below which a pair is marked. */
const minKappa = 0.8;

interface PairGridProps {
  pairs: LabelRunResults["pairs"];
  /** Names of people by id; without a name, a pair is left out. */
  names: ReadonlyMap<string, string>;
}

/** Renders kappa, or where there is none the share of equal answers, of each pair of people. */
export function PairGrid({ pairs, names }: PairGridProps) {
  const people = [...names].filter(([person]) => pairs.some(({ a, b }) => a === person || b === person));
  const pairOf = (one: string, other: string) =>
    pairs.find(({ a, b }) => (a === one && b === other) || (a === other && b === one));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: wide grids are scrolled by keys
    <section className={classes.scroll} aria-label="Pairwise agreement, scrolls horizontally" tabIndex={0}>
      <table className={classes.grid} aria-label="Pairwise agreement">
        <thead>
          <tr>
            <td aria-hidden="true" style={{ background: "none" }} />
            {people.map(([person, name]) => (
              <NameCell scope="col" name={name} key={person} />
            ))}
          </tr>
        </thead>
        <tbody>
          {people.map(([person, name]) => (
            <tr key={person}>
              <NameCell scope="row" name={name} />
              {people.map(([other, otherName]) => {
                if (other === person) return <td data-diagonal key={other} />;
                const pair = pairOf(person, other);
                const value = pair?.kappa ?? pair?.agreement.value ?? null;
                const isFew = pair !== undefined && pair.shared < minShared;
                return (
                  <td
                    className="lw-number"
                    data-few={isFew || undefined}
                    data-watch={(!isFew && value !== null && value < minKappa) || undefined}
                    title={
                      pair && `${name} and ${otherName}: ${formatCountOf(pair.agreed, pair.shared)} shared items agreed`
                    }
                    key={other}
                  >
                    {pair === undefined
                      ? noValue
                      : isFew
                        ? `${pair.shared} only`
                        : formatNumber(value, { decimals: 2 })}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Initials to see, so that more people fit; the name to hear and on hover. */
function NameCell({ scope, name }: { scope: "col" | "row"; name: string }) {
  return (
    <th scope={scope} title={name}>
      <span aria-hidden="true">{initialsOf(name)}</span>
      <span className="lw-hidden">{name}</span>
    </th>
  );
}

function initialsOf(name: string): string {
  return name
    .split(/\s+/)
    .map((part) => [...part][0] ?? "")
    .join("")
    .slice(0, 3)
    .toUpperCase();
}
