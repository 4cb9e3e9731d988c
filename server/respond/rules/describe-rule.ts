import { formatSignificant, percent } from "#server/base/format-number.ts";
import type { AlertRuleSpec, LabelProblem, RuleMetric, TrainingProblem } from "./contract.ts";

const isShare: readonly RuleMetric[] = ["error-rate", "cache-hit-rate", "gpu-utilisation", "gpu-memory"];

/** Names of metrics, for the start of a sentence. */
export const metricLabels: Record<RuleMetric, string> = {
  "p50-ms": "Median latency",
  "p95-ms": "p95 latency",
  "p99-ms": "p99 latency",
  "error-rate": "Error rate",
  "requests-per-second": "Traffic",
  "queue-ms": "Mean queue time",
  "cache-hit-rate": "Cache hit rate",
  "violation-rate": "Input contract violations per request",
  "tasks-waiting": "Number of queued tasks",
  "dead-tasks": "Number of dead-lettered tasks",
  "gpu-utilisation": "GPU utilisation",
  "gpu-memory": "GPU memory in use",
  "cost-per-1000": "Cost per 1,000 predictions",
  "label-delay-hours": "Label delay",
};

/** Metrics that count the current state, to which a window does not apply. */
export const withoutWindow: readonly RuleMetric[] = ["tasks-waiting", "dead-tasks"];

const opLabels = { ">": "above", ">=": "at or above", "<": "below", "<=": "at or below" } as const;

/** Formats a value with its unit: "120 ms", "2.5%", "14 requests/s". */
export function formatValue(metric: RuleMetric, value: number): string {
  if (isShare.includes(metric)) return percent(value);
  const number = formatSignificant(value, 4);
  if (metric.endsWith("-ms")) return `${number}\u00a0ms`;
  if (metric === "requests-per-second") return `${number} requests/s`;
  if (metric === "label-delay-hours") return `${number}\u00a0h`;
  return number;
}

/** Formats minutes: 90 → "90 minutes", 1440 → "1 day". */
export function formatMinutes(minutes: number): string {
  const [count, unit] =
    minutes % 1440 === 0 ? [minutes / 1440, "day"] : minutes % 60 === 0 ? [minutes / 60, "hour"] : [minutes, "minute"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** Describes a rule in a sentence. @param where the endpoint's name; null for every endpoint */
export function describeRule(spec: AlertRuleSpec, where: string | null): string {
  const endpointText = where ?? "any endpoint";
  switch (spec.kind) {
    case "threshold": {
      const over = withoutWindow.includes(spec.metric) ? "" : ` over ${formatMinutes(spec.windowMinutes)}`;
      const held = spec.forMinutes > 0 ? `, for ${formatMinutes(spec.forMinutes)}` : "";
      const limit = formatValue(spec.metric, spec.value);
      return `${metricLabels[spec.metric]} of ${endpointText}${over} is ${opLabels[spec.op]} ${limit}${held}.`;
    }
    case "absent":
      return `${endpointText} received no requests for ${formatMinutes(spec.windowMinutes)}.`;
    case "rollout":
      return `A rollout to ${endpointText} ${listed(spec.on.map((one) => (one === "held" ? `is on hold for ${formatMinutes(spec.onHoldMinutes)}` : one === "promoted" ? "is promoted" : "is rolled back")))}.`;
    case "run-health":
      return `A run in ${spec.experimentId === null ? "any experiment" : `experiment ${spec.experimentId}`} is ${listed(spec.findings)}.`;
    case "budget":
      return spec.below === 0
        ? `The error budget of an SLO of ${endpointText} is exhausted.`
        : `Less than ${percent(spec.below)} of the error budget of an SLO of ${endpointText} is left.`;
    case "spend": {
      const words = {
        "over-budget": "is forecast to exceed its budget this month",
        spent: `has spent ${percent(spec.spentShare)} of its budget`,
        unusual: "cost more than usual yesterday",
      };
      return `${where ?? "Any endpoint or the workspace"} ${listed(spec.on.map((one) => words[one]))}.`;
    }
    case "labels": {
      const whose =
        spec.projectId === null ? `a label project${where ? ` of ${where}` : ""}` : `label project ${spec.projectId}`;
      const words: Record<LabelProblem, string> = {
        disagreement: `people disagree (alpha below ${formatSignificant(spec.alphaBelow, 3)})`,
        errors: `more than ${percent(spec.errorShare)} of the labels are likely incorrect`,
        backlog: "the audit cannot be labelled in time",
        idle: `no one has labelled for ${formatMinutes(spec.idleHours * 60)}`,
      };
      return `In ${whose}, ${listed(spec.on.map((one) => words[one]))}.`;
    }
    case "training": {
      const words: Record<TrainingProblem, string> = {
        failed: "a training job fails or is lost",
        torn: "checkpoints are damaged",
        unsaved: "a running job does not save",
        stalled: "jobs wait for an engine that runs nothing or does not respond",
        budget: `${percent(spec.budgetShare)} of the month's budget is spent`,
      };
      return `Training: ${listed(spec.on.map((one) => words[one]))}.`;
    }
    case "platform":
      return `Leeway itself: ${listed([platformLabels["no-worker"], ...spec.on.map((one) => platformLabels[one])])}.`;
  }
}

export const platformLabels = {
  "no-worker": "no worker is active",
  "no-gateway": "no gateway is connected",
  "queue-stuck": "jobs have been waiting for more than 10 minutes",
  "notifications-dead": "notifications failed permanently",
  "items-set-aside": "recurring work keeps failing for single items",
} as const;

/** Joins words as "a, b or c". */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
