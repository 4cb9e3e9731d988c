import { formatPercent, nbsp } from "#components/ui/format.ts";
import { trimZeros } from "#server/base/text/trim-of.ts";
import type { Guardrail, GuardrailMetric } from "#server/serve/rollout/plan/contract.ts";

interface MetricText {
  /** As a heading. */
  name: string;
  /** In a sentence: "errors rose 4.1×". */
  noun: string;
  /** Description of the counted events. */
  sentence: string;
  /** Noun for the bad units in a count. */
  bad: string;
}

export const metricLabels: Record<GuardrailMetric, MetricText> = {
  errors: {
    name: "Errors",
    noun: "errors",
    bad: "failed",
    sentence: "Responses with a 5xx status, and requests that timed out.",
  },
  "client-errors": {
    name: "Client errors",
    noun: "client errors",
    bad: "rejected",
    sentence: "Requests rejected with status 400 or 422, for example after a schema change.",
  },
  slow: {
    name: "Slow responses",
    noun: "slow responses",
    bad: "slow",
    sentence: "Responses for which the version itself took longer than the threshold, without queue and hand-off.",
  },
  "invalid-outputs": {
    name: "Invalid outputs",
    noun: "invalid outputs",
    bad: "invalid",
    sentence: "Outputs that contain non-finite numbers or values outside the allowed range.",
  },
  "output-shift": {
    name: "Output distribution",
    noun: "the prediction distribution",
    bad: "predictions",
    sentence: "Distribution of predictions over classes or value ranges, compared with the stable version.",
  },
  "label-errors": {
    name: "Label error rate",
    noun: "incorrect predictions",
    bad: "incorrect",
    sentence: "Predictions that turn out to be incorrect once labels arrive.",
  },
  disagreement: {
    name: "Shadow disagreement",
    noun: "disagreement",
    bad: "differ",
    sentence: "Share of shadowed requests for which the two versions give different predictions.",
  },
  cost: {
    name: "Cost per request",
    noun: "the cost per request",
    bad: "requests",
    sentence: "Mean cost per request; compute time if no prices are set.",
  },
  conversions: {
    name: "Business events",
    noun: "business events",
    bad: "with the event",
    sentence: "Share of units followed by a business event that callers post; a decrease is a regression.",
  },
};

/** Returns the heading of a guardrail; for business events it names the event. */
export function guardrailName({ metric, event }: Pick<Guardrail, "metric" | "event">): string {
  return metric === "conversions" && event ? `Business event “${event}”` : metricLabels[metric].name;
}

/** Formats the limit of a guardrail: "at most +20%; never above 5%". */
export function formatLimit({ metric, margin, floor }: Pick<Guardrail, "metric" | "margin" | "floor">): string {
  if (metric === "disagreement") return `at most ${formatPercent(floor)} differ`;
  if (metric === "output-shift") return "same distribution";
  const relative =
    metric === "conversions"
      ? margin === 0
        ? "no decrease"
        : `at most ${formatPercent(margin)} fewer`
      : margin === 0
        ? "no increase"
        : `at most +${formatPercent(margin)}`;
  return floor === null ? relative : `${relative}; never above ${formatPercent(floor)}`;
}

/** Describes the verdict required before a step can advance; undefined if none is required. */
export function describeRequiredVerdict(
  guardrail: Pick<Guardrail, "requiresVerdict" | "safeMargin" | "negligible">,
): string | undefined {
  const { requiresVerdict, safeMargin, negligible } = guardrail;
  if (!requiresVerdict) return undefined;
  const times = trimZeros((1 + safeMargin).toFixed(2));
  const below = negligible === null ? "" : `, or below ${formatPercent(negligible)}`;
  return `required: less than ${times}${nbsp}times the stable rate${below}`;
}

/** Formats the blamed metrics for a sentence; names that are not metrics are left unchanged. */
export function describeBlamed(violatedMetrics: readonly string[]): string {
  const names = violatedMetrics.map((name) =>
    name in metricLabels ? metricLabels[name as GuardrailMetric].noun : name,
  );
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : (names[0] ?? "");
}
