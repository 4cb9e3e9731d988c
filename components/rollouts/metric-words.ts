import { formatPercent, nbsp } from "#components/ui/format.ts";
import type { Guardrail, GuardrailMetric } from "#server/rollouts/plan/contract.ts";

interface MetricWords {
  /** As a heading. */
  name: string;
  /** In a sentence: "errors rose 4.1×". */
  noun: string;
  /** What is counted. */
  sentence: string;
  /** What a bad unit is called in a count. */
  bad: string;
}

export const metricWords: Record<GuardrailMetric, MetricWords> = {
  errors: {
    ...{ name: "Errors", noun: "errors", bad: "failed" },
    sentence: "Answers with a status of 500 or more, and requests that ran out of time.",
  },
  "client-errors": {
    ...{ name: "Client errors", noun: "client errors", bad: "refused" },
    sentence: "Requests refused with 400 or 422: a schema that broke shows here.",
  },
  slow: {
    ...{ name: "Slow answers", noun: "slow answers", bad: "slow" },
    sentence: "Answers later than the latency that counts as slow, in either version.",
  },
  "invalid-outputs": {
    ...{ name: "Invalid outputs", noun: "invalid outputs", bad: "invalid" },
    sentence: "Outputs with a number that is not finite or lies outside the allowed range.",
  },
  "output-shift": {
    ...{ name: "Output distribution", noun: "the spread of answers", bad: "answers" },
    sentence: "How answers spread over classes or ranges, compared with the version before.",
  },
  "label-errors": {
    ...{ name: "Wrong by labels", noun: "wrong answers", bad: "wrong" },
    sentence: "Answers that the labels posted later call wrong.",
  },
  disagreement: {
    ...{ name: "Disagreement in shadow", noun: "disagreement", bad: "differ" },
    sentence: "Both versions answer the same input, and the answers differ.",
  },
  cost: {
    ...{ name: "Cost per request", noun: "the cost per request", bad: "requests" },
    sentence: "Mean cost of a request; compute time where no price is set.",
  },
  conversions: {
    ...{ name: "Business events", noun: "business events", bad: "with the event" },
    sentence: "Units that are followed by the business event callers post; fewer of them is harm.",
  },
};

/** The heading of a guardrail; that of business events names the event. */
export function guardrailName({ metric, event }: Pick<Guardrail, "metric" | "event">): string {
  return metric === "conversions" && event ? `Business event “${event}”` : metricWords[metric].name;
}

/** What a guardrail tolerates, in words: "at most +20 %; never above 5 %". */
export function limitWords({ metric, margin, floor }: Pick<Guardrail, "metric" | "margin" | "floor">): string {
  if (metric === "disagreement") return `at most ${formatPercent(floor)} differ`;
  if (metric === "output-shift") return "spread as before";
  const relative =
    metric === "conversions"
      ? margin === 0
        ? "no fewer"
        : `at most ${formatPercent(margin)} fewer`
      : margin === 0
        ? "no increase"
        : `at most +${formatPercent(margin)}`;
  return floor === null ? relative : `${relative}; never above ${formatPercent(floor)}`;
}

/** What has to be proved before a step goes on; undefined where nothing has. */
export function proofWords(guardrail: Pick<Guardrail, "mustProve" | "safeMargin" | "negligible">): string | undefined {
  const { mustProve, safeMargin, negligible } = guardrail;
  if (!mustProve) return undefined;
  const times = (1 + safeMargin).toFixed(2).replace(/\.?0+$/, "");
  const below = negligible === null ? "" : `, or fewer than ${formatPercent(negligible)}`;
  return `to be proved: less than ${times}${nbsp}times the rate before${below}`;
}

/** What was blamed, as it is called in a sentence; names that are no metric stay as they are. */
export function blamedWords(blamed: readonly string[]): string {
  const names = blamed.map((name) => (name in metricWords ? metricWords[name as GuardrailMetric].noun : name));
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : (names[0] ?? "");
}
