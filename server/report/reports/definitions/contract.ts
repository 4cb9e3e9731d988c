/** Definition of a figure: the same everywhere it is shown. */
export interface ReportDefinition {
  name: string;
  /** One sentence. */
  sentence: string;
  /** Description of how the figure is computed from stored data. */
  query: string;
  unit: string;
  rounding: string;
}

const share = { unit: "share", rounding: "0.1 points; 0.01 from 99%" };
const duration = { unit: "duration", rounding: "two units" };
const count = { unit: "count", rounding: "none" };
const money = { unit: "money", rounding: "integers from 100, otherwise three significant figures" };

/** Definitions by the key of figures. */
export const reportDefinitions = {
  "objectives.met": {
    name: "Models that met every SLO",
    unit: "models",
    rounding: "none",
    sentence:
      "A model meets its SLOs if none of its error budgets was exhausted at the end of the period. Models without data are not counted as met.",
    query: "models with no SLO at remaining ≤ 0 and at least one SLO with data / models with an SLO",
  },
  "budget.left": {
    name: "Error budget left",
    unit: "share of the budget",
    rounding: "0.1 points",
    sentence:
      "Error budget left of the model's worst SLO at the end of the period, over the SLO's own window; negative if exceeded.",
    query: "1 − bad / ((1 − target) · total) of the SLO's window that ends with the period",
  },
  "incidents.count": {
    name: "Incidents",
    ...count,
    sentence: "Incidents that started in the period, including ongoing ones, excluding cancelled ones.",
    query: "incidents with from ≤ started < to and a state other than cancelled or merged",
  },
  "incidents.customer-minutes": {
    name: "Customer minutes",
    ...count,
    sentence: "Distinct callers with failed requests, summed over the minutes of the resolved incidents of the period.",
    query: "Σ of the impact of resolved and closed incidents that began in the period",
  },
  "response.detect": {
    name: "Time to detect",
    ...duration,
    sentence: "Median time from the start of an incident to its first signal, for resolved incidents.",
    query: "median(detected − started) of resolved and closed incidents that began in the period",
  },
  "response.acknowledge": {
    name: "Time to acknowledge",
    ...duration,
    sentence: "Median time from the page to the acknowledgement, for resolved incidents.",
    query: "median(acknowledged − paged) of resolved and closed incidents that began in the period",
  },
  "response.restore": {
    name: "Time to resolve",
    ...duration,
    sentence: "Median time from the start of an incident until its impact ended, for resolved incidents.",
    query: "median(mitigated − started) of resolved and closed incidents that began in the period",
  },
  "spend.spent": {
    name: "Spend",
    ...money,
    sentence: "Cost of serving, training and storage in the month to date, according to the price book.",
    query: "Σ metered use · price of its hour, idle time included",
  },
  "spend.budget": {
    name: "Budget",
    ...money,
    sentence: "Monthly budget of the workspace.",
    query: "the workspace's budget that is in force in the month",
  },
  "spend.forecast": {
    name: "Forecast",
    ...money,
    sentence: "Forecast of the month-end cost from the days so far, with an interval.",
    query: "spend so far + expected spend of the days that are left",
  },
  "cost.predictions": {
    name: "Cost per 1,000 predictions",
    ...money,
    sentence: "Spend in the period (serving, training, storage) per 1,000 predictions.",
    query: "1,000 · spend / successful requests",
  },
  "cost.correct": {
    name: "Cost per 1,000 correct predictions",
    ...money,
    sentence:
      "The same, divided by the share of correct predictions among labelled ones in the month to date; not available without labels.",
    query: "cost per 1,000 predictions / accuracy",
  },
  "cell.reliability": {
    name: "Reliability",
    ...share,
    sentence:
      "Share of good requests in the period, for the SLO (availability, latency or external counts) with the least error budget left; its budget determines the status.",
    query: "Σ good / Σ total over the minutes of the period",
  },
  "cell.quality": {
    name: "Quality",
    ...share,
    sentence:
      "Share of correct predictions with complete labels, for the SLO with the least error budget left; estimates are used only where labels are not available yet, and are marked.",
    query: "Σ good / Σ total over the mature minutes of the period",
  },
  "cell.freshness": {
    name: "Freshness",
    ...share,
    sentence: "Share of requests whose features (or labels) were within the freshness objective.",
    query: "Σ good / Σ total over the minutes of the period",
  },
  "cell.fairness": {
    name: "Fairness gap",
    unit: "percentage points",
    rounding: "0.1 points",
    sentence: "Largest difference between groups in the selected metric; groups of at least 30 only.",
    query: "max − min over groups, with bootstrap intervals",
  },
  "cell.cost": {
    name: "Cost per 1,000",
    ...money,
    sentence: "Cost of 1,000 predictions of this model in the period, according to the price book.",
    query: "1,000 · serving spend / predictions of the endpoint",
  },
  "releases.released": {
    name: "Releases",
    ...count,
    sentence: "Versions that reached full traffic on an endpoint, manually or through a rollout.",
    query: "deployments in the period that do not return to a lower version",
  },
  "releases.rolled-back": {
    name: "Rollbacks",
    ...count,
    sentence: "Rolled-back rollouts and manual returns to an earlier version.",
    query: "rollout rollbacks and deployments in the period that return to a lower version",
  },
  "retraining.cycles": {
    name: "Retraining cycles",
    ...count,
    sentence: "Retraining cycles that ended in the period, without those that a person stopped.",
    query: "cycles with from ≤ ended < to and a state other than cancelled",
  },
  "retraining.adopted": {
    name: "Adopted candidates",
    ...count,
    sentence: "Retraining cycles that ended in the period with a candidate that serves all traffic.",
    query: "cycles with from ≤ ended < to and the state adopted",
  },
  "game-days.held": {
    name: "Game days",
    ...count,
    sentence: "Game days that started in the period and have ended, including those that were aborted.",
    query: "game days with from ≤ started < to and the state ended or aborted",
  },
  "game-days.confirmed": {
    name: "Confirmed hypotheses",
    ...count,
    sentence: "Game days that started in the period and met all their expectations.",
    query: "game days with from ≤ started < to whose report is confirmed",
  },
  "trend.now": {
    name: "Accuracy vs labels",
    ...share,
    sentence:
      "Share of correct predictions with complete labels per period, using the model's own metric; where labels are pending or missing, a labelled estimate is shown as a dotted line. Models without an SLO use the quality metric in UTC days.",
    query:
      "Σ good / Σ total of each period's mature minutes; without an objective the realised, else the estimated metric of the period",
  },
} as const satisfies Record<string, ReportDefinition>;

export type ReportDefinitionKey = keyof typeof reportDefinitions;
