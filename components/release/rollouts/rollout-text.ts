import { plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { Rollout, RolloutSummary } from "#server/serve/rollout/contract.ts";
import type { GuardrailEvidence } from "#server/serve/rollout/evidence/contract.ts";
import type { GuardrailMetric } from "#server/serve/rollout/plan/contract.ts";
import { verdictOf } from "./describe-verdict.ts";
import type { Expectation } from "./expectation.ts";
import { describeBlamed, guardrailName } from "./metric-labels.ts";

/** Returns whether a rollout has not ended. */
export function isActive({ phase }: Pick<RolloutSummary, "phase">): boolean {
  return phase !== "promoted" && phase !== "rolled-back";
}

/** Formats version names as "v14", or "parcel-damage v14" if the two versions are of different models. */
export function versionNames({ stable, canary }: Pick<RolloutSummary, "stable" | "canary">) {
  const name = (each: typeof stable) =>
    stable.model === canary.model ? `v${each.version}` : `${each.model} v${each.version}`;
  return { stable: name(stable), canary: name(canary) };
}

/** Formats a share of the traffic, exact to its resolution of a hundredth of a percent: "25%", "0.05%", "0%". */
export function formatWeight(weight: number): string {
  return `${Number((weight * 100).toFixed(2))}%`;
}

type RolloutStatus = Pick<RolloutSummary, "phase" | "weight" | "isPaused" | "hold">;

/** Returns the icon and label of a rollout's state. */
export function describeState({ phase, weight, isPaused, hold }: RolloutStatus): { state: State; word: string } {
  if (phase === "starting") return { state: "not-started", word: "Starting" };
  if (phase === "promoted") return { state: "finished", word: "Promoted" };
  if (phase === "rolled-back") return { state: "rolled-back", word: "Rolled back" };
  if (isPaused) return { state: "paused", word: `Paused at ${formatWeight(weight)}` };
  if (phase === "watching") return { state: "running", word: `Monitoring at 100%` };
  if (hold) return { state: "watch", word: `On hold at ${formatWeight(weight)}` };
  return { state: "running", word: `Canary at ${formatWeight(weight)}` };
}

/** Describes the state of a rollout in a sentence. `now` in milliseconds since 1970. @param proved metrics decided no worse in some step */
export function rolloutSentence(
  rollout: Rollout,
  expected: Expectation | undefined,
  now: number,
  proved: readonly GuardrailMetric[] = [],
): string {
  const { phase, weight, hold, isPaused, plan, evidence, step } = rollout;
  const { stable, canary } = versionNames(rollout);
  if (phase === "rolled-back") return rolledBackSentence(rollout);
  if (phase === "promoted") return `${canary} serves all traffic; ${describeVerdicts(rollout, proved)}.`;
  if (phase === "starting") return `Gateways are loading ${canary}. It receives traffic once all of them are ready.`;
  if (isPaused)
    return `Paused at ${formatWeight(weight)}. It does not advance until someone resumes it; a regression still triggers a rollback.`;
  if (phase === "watching") {
    const left = rollout.state.stepStartedAt + plan.watch.seconds * 1000 - now;
    const until = left > 0 ? `for another ${formatDuration(left)}` : "to the end";
    return `${canary} serves all traffic and is monitored ${until}; a regression rolls back to ${stable}.`;
  }
  if (hold) return hold.words;
  const nextWeight = plan.steps[step + 1]?.weight;
  const next = nextWeight === undefined ? "the promotion" : formatWeight(nextWeight);
  const when =
    expected?.ms == null
      ? `when ${expected?.waitsFor ?? "this step is complete"}`
      : `in about ${formatDuration(expected.ms)}, when ${expected.waitsFor}`;
  return `${describePassed(evidence.guardrails, { phase, proved })}; ${next} follows ${when}.`;
}

/** Counts by the verdicts of the lines below the headline, so that both always agree. */
function describePassed(
  guardrails: readonly GuardrailEvidence[],
  { phase, proved }: { phase: Rollout["phase"]; proved: readonly GuardrailMetric[] },
): string {
  const verdicts = guardrails.map((each) => ({
    metric: each.metric,
    verdict: verdictOf(each, { phase, wasProved: proved.includes(each.metric) }),
  }));
  const passed = verdicts.filter(({ verdict }) => verdict === "no-worse" || verdict === "close").length;
  const broken = verdicts.filter(({ verdict }) => verdict === "regression").map(({ metric }) => metric);
  const state = broken.length > 0 ? `Regression of ${describeBlamed(broken)}` : "No regression";
  return `${state}. ${passed} of ${plural(verdicts.length, "guardrail")} ${passed === 1 ? "has" : "have"} passed`;
}

function rolledBackSentence(rollout: Rollout): string {
  const { stable, canary } = versionNames(rollout);
  const served = plural(canaryUnits(rollout), "request");
  if (rollout.violatedMetrics.length === 0) return `Rolled back to ${stable}; ${canary} had served ${served}.`;
  const facts = rollout.evidence.guardrails
    .filter(({ metric }) => rollout.violatedMetrics.includes(metric))
    .flatMap(({ fact }) => fact?.words ?? []);
  const because = facts.length > 0 ? facts.join(" and ") : `of ${describeBlamed(rollout.violatedMetrics)}`;
  return `Rolled back to ${stable} because ${because}; ${canary} had served ${served}.`;
}

/** Returns the number of units that the new version served: those of the guardrail with the most. */
export function canaryUnits({ evidence }: Pick<Rollout, "evidence">): number {
  return Math.max(evidence.srm.canary, ...evidence.guardrails.map(({ canary }) => canary.units), 0);
}

function describeVerdicts({ plan }: Rollout, proved: readonly GuardrailMetric[]): string {
  const names = plan.guardrails
    .filter(({ metric, requiresVerdict }) => requiresVerdict && proved.includes(metric))
    .map((guardrail) => guardrailName(guardrail).toLowerCase());
  return names.length === 0 ? "no regression found" : `verified no worse: ${names.join(", ")}`;
}
