import type { ActionState } from "#components/ui/action-state.ts";
import { formatCount } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { LeewayScale } from "#components/watch/slo/leeway-scale.tsx";
import type { GameDay, GameDayReport } from "#server/respond/drills/contract.ts";
import { formatBudget } from "#server/watch/slo/engine/contract.ts";
import { BudgetDecision } from "./budget-decision.tsx";
import classes from "./drills.module.css";
import { usedBudget } from "./game-day-text.ts";

interface BlastRadiusPanelProps {
  day: Pick<GameDay, "number" | "outcome" | "budgetDecision">;
  report: Pick<GameDayReport, "affected" | "failed" | "requests" | "budgets">;
  /** Prediction log of the endpoint. */
  requestsHref: string;
  now: number;
  decide: (input: { number: number; decision: "counted" | "excluded" }) => Promise<ActionState<unknown>>;
  /** Reason why this user may not decide about the budget. */
  why: string | undefined;
}

/** Shows which requests a game day affected, and what that did to the error budgets of the endpoint. */
export function BlastRadiusPanel({ day, report, requestsHref, now, decide, why }: BlastRadiusPanelProps) {
  const { affected, failed, requests, budgets } = report;
  const used = usedBudget(report);
  return (
    <Panel title="Blast radius">
      <PanelSection>
        <dl className="lw-facts">
          <dt>Requests affected</dt>
          <dd>
            <strong className="lw-number">{formatCount(affected)}</strong> of {formatCount(requests)}{" "}
            <Link href={requestsHref} data-print="off">
              Predictions
            </Link>
          </dd>
          <dt>Failed</dt>
          <dd>{formatCount(failed)}</dd>
        </dl>
        <p className="lw-small lw-quiet">Affected requests are excluded from quality, drift, canaries and training.</p>
      </PanelSection>
      {budgets.length > 0 && (
        <PanelSection title="Error budget">
          <div className={classes.budgets}>
            {budgets.map(({ sloId, name, before, after }) => (
              <div key={sloId}>
                <div className={classes.budget}>
                  <span>{name}</span>
                  <span>
                    <strong className="lw-number">{budgetText(after)}</strong>, {budgetText(before)} before
                  </span>
                </div>
                <LeewayScale
                  budget={
                    after === null ? null : { remaining: after, evenPace: null, burnRate: null, exhaustedAt: null }
                  }
                  now={now}
                  height={10}
                />
              </div>
            ))}
          </div>
          {day.outcome !== null && used !== null && used > 0 && (
            <BudgetDecision {...day} used={used} decide={decide} why={why} />
          )}
        </PanelSection>
      )}
    </Panel>
  );
}

const budgetText = (remaining: number | null) => (remaining === null ? "no data" : formatBudget({ remaining }));
