import { formatCount, formatCountOf, formatPercent } from "#components/ui/format.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { formatSpan } from "#server/watch/slo/engine/contract.ts";
import type { Slo } from "#server/watch/slo/objectives/contract.ts";
import classes from "./budget-strip.module.css";
import { burnText, formatRemaining } from "./budget-text.ts";
import { LeewayScale } from "./leeway-scale.tsx";
import { formatTarget } from "./slo-facts.ts";

/** Shows the remaining budget, what it was spent on, the burn rate, and the period without data yet. */
export function BudgetStrip({ slo, now }: { slo: Slo; now: number }) {
  const { budget, pending, knownUntil } = slo;
  const isCounted = budget !== null && budget.total > 0;
  return (
    <MetricStrip>
      <MetricTile
        label="Error budget"
        value={budget?.remaining == null ? null : formatRemaining(budget)}
        comparison={
          <span className={classes.scale}>
            <LeewayScale budget={budget} now={now} height={8} />
            {slo.condition.word}
          </span>
        }
      />
      <MetricTile
        label="SLI"
        value={budget?.ratio == null ? null : formatPercent(budget.ratio, { decimals: 2 })}
        comparison={
          <>
            target {formatTarget(slo.target)}
            {budget?.interval &&
              `; between ${formatPercent(budget.interval.low, { decimals: 1 })} and ${formatPercent(budget.interval.high, { decimals: 1 })}`}
          </>
        }
      />
      <MetricTile
        label="Bad events"
        value={isCounted ? formatCount(budget.bad) : null}
        comparison={
          isCounted ? (
            <>
              of {formatCount(budget.total)}
              {budget.allowed !== null && `, ${formatCount(Math.max(0, Math.floor(budget.allowed)))} more allowed`}
            </>
          ) : (
            "no data yet"
          )
        }
      />
      <MetricTile
        label="Burn rate"
        value={budget?.burnRate == null ? null : burnText(budget.burnRate)}
        comparison={budget?.exhaustedAt ? `exhausted in ${formatSpan(budget.exhaustedAt - now)}` : describeEnd(budget)}
      />
      {pending !== null && (
        <MetricTile
          label="Pending labels"
          value={formatCount(pending)}
          comparison={
            knownUntil ? (
              <>
                complete up to <RelativeTime at={knownUntil} />; later predictions are not counted
              </>
            ) : (
              `${formatCountOf(0, pending)} labelled`
            )
          }
        />
      )}
    </MetricStrip>
  );
}

/** Describes why there is no projected time of exhaustion. */
function describeEnd(budget: Slo["budget"]): string {
  if (!budget || budget.remaining === null) return "no data yet";
  return budget.remaining <= 0 ? "error budget exhausted" : "not exhausted at the current rate";
}
