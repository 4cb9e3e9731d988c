"use client";

import { formatCount, formatPercent } from "#components/ui/format.ts";
import { useNow } from "#components/ui/now.tsx";
import { describeSpent } from "#server/watch/slo/engine/contract.ts";
import type { Chosen } from "../board-types.ts";
import { formatAge } from "../triage-text.ts";
import { BudgetGauge } from "./budget-gauge.tsx";
import { BurnLadder } from "./burn-ladder.tsx";
import classes from "./centre.module.css";

/** Shows whom it affects: counts with their base, the share of the traffic, and the budget, with the burn-rate alerts behind it. */
export function Effect({ chosen }: { chosen: Chosen }) {
  const { numbers, row, slo, startedAt, endpoint, title } = chosen;
  const now = useNow(10_000);
  const { bad, total } = numbers?.since ?? { bad: 0, total: 0 };
  return (
    <>
      <dl className={classes.figures}>
        {total > 0 && numbers && (
          <div>
            <dd className="lw-number">{formatCount(bad)}</dd>
            <dt>
              of {formatCount(total)} {numbers.noun}, in {formatAge(startedAt, now)}
            </dt>
          </div>
        )}
        {row.reach !== null && (
          <div>
            <dd className="lw-number">{formatPercent(row.reach)}</dd>
            <dt>of the traffic now</dt>
          </div>
        )}
      </dl>
      {slo?.spent ? <p className="lw-small">It spent {describeSpent(slo.spent)}.</p> : null}
      {total === 0 && <p className="lw-small lw-quiet">No data since it started.</p>}
      {slo ? (
        <>
          <BudgetGauge slo={slo} />
          <details className={classes.behind}>
            <summary>Burn-rate alerts</summary>
            <div className={classes.wide}>
              <BurnLadder slo={slo} />
            </div>
          </details>
        </>
      ) : (
        <div>
          <p>{title}</p>
          <p className="lw-small lw-quiet">
            {endpoint
              ? "This endpoint has no SLO, so there is no error budget to burn. Define one to see how severe this is."
              : "This alert comes from an external system and is not linked to a Leeway endpoint, so there are no metrics to show."}
          </p>
        </div>
      )}
    </>
  );
}
