import { FigureLink } from "./figure-link.tsx";
import classes from "./report-tiles.module.css";
import type { TileProps } from "./report-tiles.tsx";

/** Renders the month's spend, its forecast and its budget. */
export function SpendTile({ facts: { spend }, drawer }: TileProps) {
  const { spent, budget, forecast } = spend;
  const most = Math.max(budget.value ?? 0, forecast.value ?? 0, spent.value ?? 0);
  const width = (value: number | null) => `${most > 0 ? (100 * (value ?? 0)) / most : 0}%`;
  return (
    <>
      <span className={classes.pair}>
        <FigureLink figure={spent} href={drawer("spend.spent")} size="large" />
        {budget.value !== null && (
          <span className="lw-muted">
            of <FigureLink figure={budget} href={drawer("spend.budget")} />
          </span>
        )}
      </span>
      {spent.value !== null && (
        <span className={classes.money} aria-hidden="true">
          {forecast.value !== null && <span className={classes.coming} style={{ width: width(forecast.value) }} />}
          <span className={classes.spent} style={{ width: width(spent.value) }} />
          {budget.value !== null && <span className={classes.limit} style={{ left: width(budget.value) }} />}
        </span>
      )}
      {spent.value !== null && (
        <span className={classes.minor}>
          forecast <FigureLink figure={forecast} href={drawer("spend.forecast")} />
          {spend.verdict && `, ${spend.verdict}`}
        </span>
      )}
    </>
  );
}
