import type { ReportFacts } from "#server/report/reports/facts/contract.ts";

/** Maximum number of rows that fit on the screen without scrolling, and of numbers a reader takes in (docs/spec/boards.md section 2). */
const maxRows = 7;
const maxElements = 60;

/** Counts the numbers outside the portfolio: those of tiles with their comparisons, and those of trends. */
function numbersBeside(facts: ReportFacts): number {
  const { objectives, budgets, incidents, response, spend, unitCost, trends } = facts;
  const figures = [
    objectives.met,
    incidents.count,
    incidents.customerMinutes,
    response.detect,
    response.restore,
    response.acknowledge,
    spend.spent,
    spend.budget,
    spend.forecast,
    unitCost.predictions,
    unitCost.correct,
    ...budgets.rows.map(({ left }) => left),
    ...trends.map(({ now }) => now),
  ];
  const compared = [objectives.met, incidents.count, incidents.customerMinutes, response.restore, unitCost.predictions];
  return (
    figures.filter(({ value }) => value !== null).length +
    compared.filter(({ value, before }) => value !== null && before !== null).length +
    (objectives.met.value === null ? 0 : 1) +
    (budgets.more > 0 ? 2 : 0) +
    (spend.verdict ? 1 : 0)
  );
}

/** Counts the numbers shown with the first `rows` rows. */
export function numbersOn(facts: ReportFacts, rows: number): number {
  const cells = facts.portfolio.slice(0, rows).flatMap(({ cells }) => cells);
  return numbersBeside(facts) + cells.filter(({ figure }) => figure.value !== null).length;
}

/** Returns the number of models to list: the worst ones, as long as the screen shows at most 60 numbers. */
export function shownRows(facts: ReportFacts): number {
  let rows = Math.min(maxRows, facts.portfolio.length);
  while (rows > 1 && numbersOn(facts, rows) > maxElements) rows -= 1;
  return rows;
}
