import { formatCount, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { Rollout } from "#server/serve/rollout/contract.ts";
import type { RolloutPlan, RolloutStep } from "#server/serve/rollout/plan/contract.ts";
import type { StepSpan } from "./evidence-series.ts";
import { guardrailName } from "./metric-labels.ts";
import { formatWeight, versionNames } from "./rollout-text.ts";
import { waitingFor } from "./waiting.ts";

export interface StepCell {
  share: string;
  state: State;
  /** At the right: "Held 20 min". */
  status: string;
  /** Under it: "492 requests, no harm seen", or what it waits for. */
  detail: string;
}

/** Describes the conditions for advancing to the next step. */
function describeCondition(step: RolloutStep, plan: Pick<RolloutPlan, "guardrails" | "advanceWhen">): string {
  const proofs = plan.guardrails.filter(({ requiresVerdict }) => requiresVerdict).length;
  const parts = [
    plan.advanceWhen === "proved-safe" && proofs > 0
      ? `${plural(proofs, "verdict")}, at least ${formatDuration(step.minSeconds * 1000)}`
      : `${formatDuration(step.maxSeconds * 1000)} without a regression`,
    ...(step.needsApproval ? ["approval"] : []),
  ];
  return parts.join(", ");
}

/** Names the guardrails without the verdict that a step waits for; without any, what it needs. */
function describePending(rollout: Rollout, step: RolloutStep): string {
  const pending = waitingFor(rollout).map((guardrail) => guardrailName(guardrail).toLowerCase());
  if (pending.length === 0) return `needs ${describeCondition(step, rollout.plan)}`;
  return `pending: ${[...pending, ...(step.needsApproval ? ["approval"] : [])].join(", ")}`;
}

/**
 * Returns one cell per step, and a last one for 100%. `now` in milliseconds since 1970.
 * @param nextMs milliseconds until the next step is expected; undefined where that is not known
 */
export function stepCells(rollout: Rollout, spans: readonly StepSpan[], now: number, nextMs?: number): StepCell[] {
  const { plan, phase, step: current, state, hold, isPaused } = rollout;
  const { canary } = versionNames(rollout);
  const isBack = phase === "rolled-back";
  const cells = plan.steps.map((step, index): StepCell => {
    const share = formatWeight(step.weight);
    const span = spans.find((each) => each.step === index);
    const counted = span?.units ? `${formatCount(span.units.canary)} requests` : undefined;
    const lasted = span && formatDuration(span.to - span.from);
    if (index < current && (span || !isBack)) {
      return {
        share,
        state: "finished",
        status: lasted ? `Took ${lasted}` : "Done",
        detail: counted ? `${counted}, no regression found` : "no regression found",
      };
    }
    if (isBack) {
      if (index > current || !span)
        return { share, state: "no-data", status: "Not reached", detail: describeCondition(step, plan) };
      return {
        share,
        state: "rolled-back",
        status: "Rolled back here",
        detail: [lasted && `after ${lasted}`, counted].filter(Boolean).join(", "),
      };
    }
    if (index === current && phase === "stepping") {
      const shape = isPaused ? "paused" : hold ? "watch" : "running";
      return {
        share,
        state: shape,
        status: `${formatDuration(now - state.stepStartedAt)} so far`,
        detail: describePending(rollout, step),
      };
    }
    return { share, state: "not-started", status: "", detail: `needs ${describeCondition(step, plan)}` };
  });
  const all = [...cells, lastCell(rollout, canary, now)];
  const isExpected = phase === "stepping" && !isPaused && !hold && nextMs !== undefined;
  return all.map((cell, index) =>
    isExpected && index === current + 1 ? { ...cell, status: `In about ${formatDuration(nextMs)}` } : cell,
  );
}

function lastCell({ plan, phase, state, step, endedAt }: Rollout, canary: string, now: number): StepCell {
  const share = `100%`;
  const { seconds } = plan.watch;
  if (phase === "promoted") return { share, state: "finished", status: "Done", detail: `${canary} serves all traffic` };
  if (phase === "watching")
    return {
      share,
      state: "running",
      status: `${formatDuration(now - state.stepStartedAt)} so far`,
      detail: `monitored for ${formatDuration(seconds * 1000)}`,
    };
  if (phase === "rolled-back" && step >= plan.steps.length)
    return { share, state: "rolled-back", status: "Rolled back here", detail: endedAt ? "during monitoring" : "" };
  return {
    share,
    state: phase === "rolled-back" ? "no-data" : "not-started",
    status: phase === "rolled-back" ? "Not reached" : "",
    detail: seconds > 0 ? `monitored for ${formatDuration(seconds * 1000)}` : `${canary} serves all traffic`,
  };
}
