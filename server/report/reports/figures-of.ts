import type { Figure } from "./contract.ts";
import type { ReportFacts } from "./facts/contract.ts";

/** Returns every number of a report, in reading order: drawers open these, and a test compares them with every place that shows one. */
export function figuresOf(facts: ReportFacts): Figure[] {
  const {
    objectives,
    budgets,
    incidents,
    response,
    spend,
    unitCost,
    portfolio,
    releases,
    retraining,
    gameDays,
    trends,
  } = facts;
  return [
    objectives.met,
    ...budgets.rows.map(({ left }) => left),
    incidents.count,
    incidents.customerMinutes,
    response.detect,
    response.acknowledge,
    response.restore,
    spend.spent,
    spend.budget,
    spend.forecast,
    unitCost.predictions,
    unitCost.correct,
    ...portfolio.flatMap(({ cells }) => cells.map(({ figure }) => figure)),
    releases.released,
    releases.rolledBack,
    ...(retraining ? [retraining.cycles, retraining.adopted] : []),
    ...(gameDays ? [gameDays.held, gameDays.confirmed] : []),
    ...trends.map(({ now }) => now),
  ];
}
