import { formatCount, formatMoney, noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { metricText } from "#components/watch/monitoring/quality/quality-text.ts";
import type { RetrainingCycleDetails } from "#server/improve/retraining/cycles/contract.ts";
import { currencySign } from "#server/watch/cost/contract.ts";
import { intervalOfDifference, outcomeLabels, signedDifference } from "./outcome-text.ts";

/**
 * Shows whether the candidate of an adopted cycle helped: the difference with its interval, and what it follows from.
 * @param saving what its predictions cost beside those of the champion; undefined while that is not known
 */
export function OutcomePanel({ cycle, saving }: { cycle: RetrainingCycleDetails; saving: string | undefined }) {
  const { outcome, championVersion, candidateVersion } = cycle;
  if (!outcome) {
    return (
      <Panel title="Did it help?">
        <EmptyState title="Not available yet">
          The outcome is available once the labels of the rollout are complete.
        </EmptyState>
        {saving && <p>It costs {saving}.</p>}
      </Panel>
    );
  }
  const { verdict, metric, compared, champion, candidate, difference, rows, cost, currency, dataAgeDays } = outcome;
  const { state, word } = outcomeLabels[verdict];
  const shown = (value: number | null) => (metric === null ? noValue : metricText(metric, value));
  return (
    <Panel title="Did it help?" right={<StatusBadge state={state}>{word}</StatusBadge>}>
      <p style={{ marginTop: 0 }}>{outcome.words}</p>
      <dl className="lw-facts">
        <dt>Difference</dt>
        <dd>{signedDifference(metric, difference)}</dd>
        <dt>95% interval</dt>
        <dd>{intervalOfDifference(outcome) ?? noValue}</dd>
        <dt>v{candidateVersion}</dt>
        <dd>{shown(candidate)}</dd>
        <dt>v{championVersion}</dt>
        <dd>{shown(champion)}</dd>
        <dt>Compared</dt>
        <dd>
          {compared === null
            ? noValue
            : compared === "rollout"
              ? "both during the rollout"
              : "week after and week before"}
        </dd>
        <dt>Labelled predictions</dt>
        <dd>{formatCount(rows)}</dd>
        <dt>Cost of serving</dt>
        <dd>{saving ?? noValue}</dd>
        <dt>Training cost</dt>
        <dd>{cost === null ? noValue : formatMoney(cost, currencySign(currency))}</dd>
        <dt>Age of the data</dt>
        <dd>{dataAgeDays === null ? noValue : `${formatDuration(dataAgeDays * 86_400_000)} at the adoption`}</dd>
      </dl>
    </Panel>
  );
}
