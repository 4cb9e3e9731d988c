import { formatUnit } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { GuardrailEvidence } from "#server/serve/rollout/evidence/contract.ts";
import type { Guardrail } from "#server/serve/rollout/plan/contract.ts";
import { describeComparison, describeP95 } from "./comparison-text.ts";
import type { Forecast } from "./forecast.ts";
import { describeLimit, formatInterval } from "./guardrail-numbers.ts";
import { describeRequiredVerdict, formatLimit, metricLabels } from "./metric-labels.ts";
import { formatWeight } from "./rollout-text.ts";

interface GuardrailContext {
  guardrail: Guardrail;
  slowMs: number;
  forecast: Forecast | undefined;
  canary: string;
  /** Share of the canary now, from 0 to 1. */
  weight: number;
}

/** Describes a guardrail in two sentences, what is known and how sure it is, and in quiet lines what it counts and when it is decided. */
export function describeGuardrail(
  evidence: GuardrailEvidence,
  { guardrail, slowMs, forecast, canary, weight }: GuardrailContext,
): { known: string; sure: string | undefined; notes: string[] } {
  const { metric, fact } = evidence;
  const { sentence } = metricLabels[metric];
  const known = fact ? `${fact.words.charAt(0).toUpperCase()}${fact.words.slice(1)}.` : "No data yet.";
  const interval = formatInterval(fact);
  const what = fact?.scale === "share" ? "share" : "ratio of canary to stable";
  const sure =
    fact && interval && fact.limit !== null
      ? `The true ${what} is probably ${between(interval)}; allowed is ${describeLimit(evidence)}.`
      : undefined;
  const expected =
    forecast && forecast.likelyMs > 0
      ? `At this pace the verdict takes ${formatDuration(forecast.likelyMs)}, likely ${formatDuration(forecast.lowMs)} to ${formatDuration(forecast.highMs)}; until then ${canary} stays at ${formatWeight(weight)}.`
      : undefined;
  const counted = metric === "slow" ? `${sentence} Slow is more than ${formatUnit(slowMs, "ms")}.` : sentence;
  const required = describeRequiredVerdict(guardrail);
  const rule = `Rolls back at ${formatLimit(guardrail)}${required ? `; ${required}` : ""}.`;
  const notes = [expected, counted, rule, describeP95(evidence), describeComparison(evidence)];
  return { known, sure, notes: notes.flatMap((note) => note ?? []) };
}

function between(interval: string): string {
  return `between ${interval.replace(" to ", " and ")}`;
}
