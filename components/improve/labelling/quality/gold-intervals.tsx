import { annotatorHref } from "#components/improve/labelling/addresses.ts";
import { formatCountOf, formatPercent } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { LabelRunResults } from "#server/improve/labelling/runs/contract.ts";
import classes from "./grid.module.css";

interface GoldIntervalsProps {
  project: { id: number; name: string; state?: string };
  people: LabelRunResults["byPerson"];
  names: ReadonlyMap<string, string>;
  /** Accuracy that the project requires. */
  minimum: number;
}

/** Left edge of the scale. */
const low = 0.5;
const placeOf = (share: number) => `${Math.max(0, Math.min(1, (share - low) / (1 - low))) * 100}%`;

/** Renders the accuracy of each person on gold items with its interval, the best first. */
export function GoldIntervals({ project, people, names, minimum }: GoldIntervalsProps) {
  const rows = people
    .filter(({ gold, person }) => gold.seen > 0 && names.has(person))
    .toSorted((a, b) => (b.gold.accuracy.value ?? 0) - (a.gold.accuracy.value ?? 0));
  if (rows.length === 0) return <EmptyState title="No gold answers yet" />;
  return (
    <div>
      {rows.map(({ person, gold }) => {
        const { value, low: from, high: to } = gold.accuracy;
        const isBelow = gold.verdict === "warning" || gold.verdict === "pause";
        return (
          <div className={classes.interval} data-watch={isBelow || undefined} key={person}>
            <Link className="lw-truncate" href={annotatorHref(project, person)}>
              {names.get(person)}
            </Link>
            <div className={classes.scale} aria-hidden="true">
              <span className={classes.limit} style={{ left: placeOf(minimum) }} />
              {from !== null && to !== null && (
                <span className={classes.range} style={{ left: placeOf(from), right: `calc(100% - ${placeOf(to)})` }} />
              )}
              {value !== null && <span className={classes.point} style={{ left: placeOf(value) }} />}
            </div>
            <span className="lw-number">{formatCountOf(gold.correct, gold.seen)}</span>
          </div>
        );
      })}
      <p className="lw-small lw-muted">
        Scale {formatPercent(low)} to 100%; the line is the minimum, {formatPercent(minimum)}.
      </p>
    </div>
  );
}
