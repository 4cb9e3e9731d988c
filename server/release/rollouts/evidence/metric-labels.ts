import type { GuardrailMetric } from "../../../serve/rollout/plan/contract.ts";

interface MetricText {
  /** At the beginning of a sentence, in the plural or not as `isPlural` says. */
  name: string;
  isPlural: boolean;
  /** Sentence for a no-worse verdict. */
  proved: string;
}

/** Display names of the metrics that guardrails evaluate. */
export const metricLabels: Record<GuardrailMetric, MetricText> = {
  errors: { name: "Errors", isPlural: true, proved: "Errors are no worse" },
  "client-errors": { name: "Client errors", isPlural: true, proved: "Client errors are no worse" },
  slow: { name: "Slow responses", isPlural: true, proved: "Slow responses are no more frequent" },
  "invalid-outputs": { name: "Invalid outputs", isPlural: true, proved: "Invalid outputs are no more frequent" },
  "output-shift": {
    name: "The prediction distribution",
    isPlural: false,
    proved: "The prediction distribution is unchanged",
  },
  "label-errors": { name: "Label errors", isPlural: true, proved: "Label errors are no worse" },
  disagreement: { name: "Disagreement", isPlural: false, proved: "Disagreement is within its limit" },
  cost: { name: "Cost", isPlural: false, proved: "Cost is no worse" },
  conversions: { name: "Conversions", isPlural: true, proved: "Conversions have not decreased" },
};

/** Returns the name for the middle of a sentence. */
export function named(metric: GuardrailMetric): string {
  const { name } = metricLabels[metric];
  return name.charAt(0).toLowerCase() + name.slice(1);
}
