import { StatusShape } from "#components/ui/status-shape.tsx";
import { FigureLink } from "./figure-link.tsx";
import classes from "./report-tiles.module.css";
import type { TileProps } from "./report-tiles.tsx";

/** Renders the models whose error budget is closest to exhaustion. */
export function BudgetsTile({ facts: { budgets }, drawer }: TileProps) {
  if (budgets.rows.length === 0) return <span className={classes.minor}>no SLO has data</span>;
  return (
    <>
      <ul className={classes.budgets}>
        {budgets.rows.map(({ model, objective, state, word, left }) => (
          <li className={classes.budget} key={objective}>
            <span className="lw-truncate" title={objective}>
              {model}
            </span>
            <span className={classes.track} data-over={(left.value ?? 0) < 0 || undefined} aria-hidden="true">
              <span data-state={state} style={{ width: `${Math.min(100, Math.abs(left.value ?? 0) * 100)}%` }} />
            </span>
            <span className={classes.left} data-state={state} title={word}>
              {state !== "on-target" && <StatusShape state={state} size={8} />}
              <FigureLink figure={left} href={drawer(left.id)} />
            </span>
          </li>
        ))}
      </ul>
      <span className={classes.minor}>
        {budgets.more === 0 ? "no other model has an SLO" : `${budgets.more} more, ${budgets.least} or higher`}
      </span>
    </>
  );
}
