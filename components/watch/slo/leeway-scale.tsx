import type { BudgetReading } from "#server/watch/objectives/contract.ts";
import { budgetCondition } from "#server/watch/slo/condition/contract.ts";
import { formatBudgetLeft } from "#server/watch/slo/engine/contract.ts";
import { describeScale } from "./budget-text.ts";
import classes from "./leeway-scale.module.css";

interface LeewayScaleProps {
  /** Null before anything was counted. */
  budget: Pick<BudgetReading, "remaining" | "evenPace" | "burnRate" | "exhaustedAt"> | null;
  now: number;
  /** 6 in tables to 10 in panels. */
  height?: number;
  /** Ends and even pace in figures under it. */
  hasTicks?: boolean;
}

/** Renders the error budget in its standard form: the remaining part from the left, a line at even pace, hatched if exhausted. */
export function LeewayScale({ budget, now, height = 6, hasTicks }: LeewayScaleProps) {
  const { state } = budgetCondition(budget, now);
  const remaining = budget?.remaining ?? null;
  const pace = budget?.evenPace ?? null;
  return (
    <span role="img" aria-label={describeScale(budget, now)} style={{ display: "block" }}>
      <span className={classes.scale} data-state={state} style={{ "--height": `${height}px` } as React.CSSProperties}>
        <span className={classes.track}>
          {remaining !== null && (
            <span className={classes.fill} style={{ width: `${Math.min(1, Math.abs(remaining)) * 100}%` }} />
          )}
        </span>
        {pace !== null && <span className={classes.pace} style={{ left: `${pace * 100}%` }} />}
      </span>
      {hasTicks && (
        <span className={classes.ticks} aria-hidden="true">
          <span>0%</span>
          {pace !== null && <span>even pace {formatBudgetLeft(pace)}</span>}
          <span>100%</span>
        </span>
      )}
    </span>
  );
}
