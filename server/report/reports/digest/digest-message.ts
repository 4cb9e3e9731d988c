import type { Message } from "#server/alerting/notifications/contract.ts";
import type { Figure } from "../contract.ts";
import { reportDefinitions } from "../definitions/contract.ts";
import type { ReportFacts } from "../facts/contract.ts";
import { plainSentence } from "../sentence/text.ts";

/** Formats the report of a week as an email: its sentences, its tiles as a table, its risks, and a link to the page. */
export function digestMessage(facts: ReportFacts): Message {
  const {
    objectives,
    budgets,
    incidents,
    response,
    spend,
    unitCost,
    releases,
    risks,
    title,
    days,
    name,
    timeZone,
    edges,
  } = facts;
  const tiles = [
    objectives.met,
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
    releases.released,
    releases.rolledBack,
  ];
  const left = budgets.rows.map(({ model, left, word }) => ({
    name: `Error budget left, ${model}`,
    value: word === undefined ? left.text : `${left.text} (${word.replace(/^./, (letter) => letter.toLowerCase())})`,
  }));
  return {
    title: `${title}, ${days}: ${headline(facts)}`,
    lines: [
      plainSentence(facts.sentence),
      ...risks.map(({ words, owner, dueOn }) => `${words} (${owner ?? "unassigned"}${dueOn ? `, due ${dueOn}` : ""})`),
      ...(edges ? [edges] : []),
    ],
    facts: [
      ...tiles.filter(({ value }) => value !== null).map(factOf),
      ...left,
      { name: "Days start at midnight in", value: timeZone },
    ],
    severity: "ticket",
    status: "info",
    reason: "",
    receiver: "",
    groupKey: "",
    groupLabels: {},
    alerts: [],
    links: [
      { text: "View report", path: `/overview?week=${name}` },
      { text: "Unsubscribe", path: "/overview?digest=settings" },
    ],
  };
}

function factOf(figure: Figure): Message["facts"][number] {
  const { name } = reportDefinitions[figure.definition as keyof typeof reportDefinitions];
  const before = figure.before ? ` (${figure.before.text} the previous week)` : "";
  const unit = /^of /.test(figure.unit) ? ` ${figure.unit}` : "";
  return { name, value: `${figure.text}${unit}${before}` };
}

function headline({ objectives }: ReportFacts): string {
  const { met, models } = objectives;
  return models.length === 0 ? "no SLOs yet" : `${met.text} ${met.unit} models met all SLOs`;
}
