import { formatPercent } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import classes from "./budget-bar.module.css";

/** Position of the budget in the bar, which leaves room for spend above it. */
const limitAt = 0.83;
/** Less is met. */
const nearShare = 0.005;

/** Shows the forecast of a month against its budget: a bar with a line at the budget, and the difference in words. */
export function BudgetBar({ forecast, budget }: { forecast: number | null; budget: number | null }) {
  if (budget === null) return <span className="lw-quiet">no budget</span>;
  if (forecast === null) return <StatusBadge state="no-data">not enough days yet</StatusBadge>;
  const share = forecast / budget;
  const isOverBudget = share > 1 + nearShare;
  return (
    <span className={classes.cell}>
      <span className={classes.bar} aria-hidden="true">
        <span
          className={classes.fill}
          data-over={isOverBudget || undefined}
          style={{ width: `${Math.min(1, share * limitAt) * 100}%` }}
        />
        <span className={classes.limit} style={{ left: `${limitAt * 100}%` }} />
      </span>
      <StatusBadge state={isOverBudget ? "watch" : "on-target"}>{formatDistance(share)}</StatusBadge>
    </span>
  );
}

function formatDistance(share: number): string {
  const distance = Math.abs(share - 1);
  if (distance <= nearShare) return "on budget";
  return `${formatPercent(distance, { decimals: 0 })} ${share < 1 ? "under" : "over"}`;
}
