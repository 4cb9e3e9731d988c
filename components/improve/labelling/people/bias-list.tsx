import { formatPoints } from "#components/ui/format.ts";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { PersonQuality } from "#server/improve/labelling/runs/contract.ts";
import classes from "./people.module.css";

interface BiasListProps {
  bias: PersonQuality["bias"];
  titleOf: (name: string) => string;
}

/** Renders how much more often a person chooses each class than the labels in effect, with its interval, the largest first. Only classes off zero are known. */
export function BiasList({ bias, titleOf }: BiasListProps) {
  if (bias.length === 0) {
    return (
      <EmptyState title="No class stands out">
        No class is chosen significantly more or less often than the labels in effect.
      </EmptyState>
    );
  }
  const most = Math.max(0.01, ...bias.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]));
  const placeOf = (value: number) => `${50 + (value / most) * 50}%`;
  return (
    <div>
      {bias
        .toSorted((a, b) => Math.abs(b.difference) - Math.abs(a.difference))
        .map(({ name, difference, low, high }) => {
          const isOff = low > 0 || high < 0;
          return (
            <div className={classes.bias} data-watch={isOff || undefined} key={name}>
              <span className="lw-truncate">{titleOf(name)}</span>
              <span className={classes.scale} aria-hidden="true">
                <span className={classes.zero} />
                <span
                  className={classes.range}
                  style={{ left: placeOf(low), right: `calc(100% - ${placeOf(high)})` }}
                />
                <span className={classes.point} style={{ left: placeOf(difference) }} />
              </span>
              <span className="lw-number">
                {isOff && <StatusShape state="watch" />} {formatPoints(difference)}
              </span>
            </div>
          );
        })}
      <p className={classes.ends}>
        <span>too rarely</span>
        <span>too often</span>
      </p>
    </div>
  );
}
