import { formatCount, formatCountOf, formatPercent } from "#components/ui/format.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { spanWords } from "#server/slo/engine/contract.ts";
import type { Slo } from "#server/slo/objectives/contract.ts";
import classes from "./budget-strip.module.css";
import { budgetCondition, burnText, leftWords } from "./budget-words.ts";
import { LeewayScale } from "./leeway-scale.tsx";
import { targetWords } from "./slo-facts.ts";

/** What is left, what it was spent on, how fast it goes, and what is not known yet. */
export function BudgetStrip({ slo, now }: { slo: Slo; now: number }) {
  const { budget, pending, knownUntil } = slo;
  return (
    <Panel flush>
      <MetricStrip>
        <MetricTile
          label="Error budget"
          value={leftWords(budget?.remaining)}
          comparison={
            <span className={classes.scale}>
              <LeewayScale budget={budget} now={now} height={8} />
              {budgetCondition(budget, now).word}
            </span>
          }
        />
        <MetricTile
          label="Good of all"
          value={formatPercent(budget?.ratio ?? null, { decimals: 2 })}
          comparison={
            <>
              target {targetWords(slo.target)}
              {budget?.interval &&
                `; somewhere between ${formatPercent(budget.interval.low, { decimals: 1 })} and ${formatPercent(budget.interval.high, { decimals: 1 })}`}
            </>
          }
        />
        <MetricTile
          label="Bad events"
          value={formatCount(budget?.bad ?? null)}
          comparison={
            budget ? (
              <>
                of {formatCount(budget.total)}
                {budget.allowed !== null &&
                  `, ${formatCount(Math.max(0, Math.floor(budget.allowed)))} more are allowed`}
              </>
            ) : (
              "nothing was counted yet"
            )
          }
        />
        <MetricTile
          label="Burn rate"
          value={burnText(budget?.burnRate)}
          comparison={
            budget?.exhaustedAt ? (
              <>
                gone in {spanWords(budget.exhaustedAt - now)}, <RelativeTime at={budget.exhaustedAt} />
              </>
            ) : (
              "it is not gone at this rate"
            )
          }
        />
        {pending !== null && (
          <MetricTile
            label="Waiting for labels"
            value={formatCount(pending)}
            comparison={
              knownUntil ? (
                <>
                  known up to <RelativeTime at={knownUntil} />; later ones count nowhere
                </>
              ) : (
                `${formatCountOf(0, pending)} are known`
              )
            }
          />
        )}
      </MetricStrip>
    </Panel>
  );
}
