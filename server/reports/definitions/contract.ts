/** What a number is: one definition for every place that shows it. */
export interface ReportDefinition {
  name: string;
  /** One sentence. */
  sentence: string;
  /** How it is read from what is stored. */
  query: string;
  unit: string;
  rounding: string;
}

const share = { unit: "share", rounding: "0.1 points; 0.01 from 99 % on" };
const duration = { unit: "duration", rounding: "two units" };
const count = { unit: "count", rounding: "none" };
const money = { unit: "money", rounding: "whole from 100 on, else three figures" };

/** By the key that figures name. */
export const reportDefinitions = {
  "objectives.met": {
    ...{ name: "Models that met every objective", unit: "models", rounding: "none" },
    sentence:
      "A model meets its objectives when none of its error budgets was spent at the end of the period. One without data in every objective is not counted as met.",
    query: "models without an SLO at remaining ≤ 0 and with at least one that has data, of models with an SLO",
  },
  "budget.left": {
    ...{ name: "Error budget left", unit: "share of the budget", rounding: "0.1 points" },
    sentence:
      "What is left of the budget of the model's worst SLO at the end of the period, over the SLO's own window; below 0 it is overspent.",
    query: "1 − bad / ((1 − target) · total) of the SLO's window that ends with the period",
  },
  "incidents.count": {
    ...{ name: "Incidents", ...count },
    sentence: "Incidents that began in the period, those that go on included and cancelled ones left out.",
    query: "incidents with from ≤ started < to and a state other than cancelled",
  },
  "incidents.customer-minutes": {
    ...{ name: "Customer minutes", ...count },
    sentence:
      "Over the minutes of the period's incidents that are over, the distinct callers whose requests failed, added up.",
    query: "Σ of the impact of resolved and closed incidents that began in the period",
  },
  "response.detect": {
    ...{ name: "Time to find", ...duration },
    sentence: "From the start of an incident to its first signal; the median of those that are over.",
    query: "median(detected − started) of resolved and closed incidents that began in the period",
  },
  "response.acknowledge": {
    ...{ name: "Time to take", ...duration },
    sentence: "From the page to the acknowledgement; the median of those that are over.",
    query: "median(acknowledged − paged) of resolved and closed incidents that began in the period",
  },
  "response.restore": {
    ...{ name: "Time to fix", ...duration },
    sentence: "From the start of an incident until its impact was over; the median of those that are over.",
    query: "median(mitigated − started) of resolved and closed incidents that began in the period",
  },
  "spend.spent": {
    ...{ name: "Spend", ...money },
    sentence: "What serving, training and storage cost since the month began, by the price book.",
    query: "Σ metered use · price of its hour, idle time included",
  },
  "spend.budget": {
    ...{ name: "Budget", ...money },
    sentence: "What may be spent in the month, as the workspace has set it.",
    query: "the workspace's budget that is in force in the month",
  },
  "spend.forecast": {
    ...{ name: "Forecast", ...money },
    sentence: "What the month will have cost at its end, from the days so far; with a range around it.",
    query: "spend so far + expected spend of the days that are left",
  },
  "cost.predictions": {
    ...{ name: "Cost per 1,000 predictions", ...money },
    sentence: "What was spent in the period (serving, training, files), by predictions answered.",
    query: "1,000 · spend / answered requests",
  },
  "cost.correct": {
    ...{ name: "Cost per 1,000 correct predictions", ...money },
    sentence:
      "The same by the share of right answers among those that have a label, in the month so far; without labels there is no value.",
    query: "cost per 1,000 predictions / share of right answers",
  },
  "cell.reliability": {
    ...{ name: "Reliability", ...share },
    sentence:
      "Good of all requests in the period, by the SLO (availability, latency, counts from outside) with the least budget left; its budget decides the state.",
    query: "Σ good / Σ total of the period's minutes",
  },
  "cell.quality": {
    ...{ name: "Quality", ...share },
    sentence:
      "Right of all answers whose labels are complete, by the SLO with the least budget left; estimates stand in only where no label can come yet, and say so.",
    query: "Σ good / Σ total of the period's minutes that are mature",
  },
  "cell.freshness": {
    ...{ name: "Freshness", ...share },
    sentence: "Requests whose features (or labels) were no older than promised.",
    query: "Σ good / Σ total of the period's minutes",
  },
  "cell.fairness": {
    ...{ name: "Fairness gap", unit: "percentage points", rounding: "0.1 points" },
    sentence: "The widest difference between groups in the measure that was chosen, groups of at least 30 only.",
    query: "max − min over groups, with bootstrap intervals",
  },
  "cell.cost": {
    ...{ name: "Cost per 1,000", ...money },
    sentence: "What 1,000 predictions of this model cost in the period, by the price book.",
    query: "1,000 · serving spend / predictions of the endpoint",
  },
  "releases.released": {
    ...{ name: "Releases", ...count },
    sentence: "Versions that came to take all traffic of an endpoint, by hand or by a rollout.",
    query: "deployments of the period that do not go back to a lower version",
  },
  "releases.rolled-back": {
    ...{ name: "Rollbacks", ...count },
    sentence: "Rollouts that were taken back, and endpoints that went back to a lower version by hand.",
    query: "rollbacks of rollouts and returning deployments of the period",
  },
  "trend.now": {
    ...{ name: "Accuracy against what happened", ...share },
    sentence:
      "Right of all answers whose labels are complete, period by period, on the model's own measure; where labels are still due, or where there are none, an estimate is dotted and named. Models without an objective are read as their page of quality says it, by days of UTC.",
    query:
      "Σ good / Σ total of each period's mature minutes; without an objective the realised, else the estimated metric of the period",
  },
} as const satisfies Record<string, ReportDefinition>;

export type ReportDefinitionKey = keyof typeof reportDefinitions;
