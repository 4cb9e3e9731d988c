import type { Rollout } from "#server/serve/rollout/contract.ts";

/** Returns the guardrails whose required verdict this step still awaits. */
export function waitingFor({ plan, evidence, phase }: Rollout) {
  if (phase !== "stepping" || plan.advanceWhen !== "proved-safe") return [];
  return evidence.guardrails.filter(
    ({ metric, verdict }) =>
      verdict === "collecting" && plan.guardrails.some((each) => each.metric === metric && each.requiresVerdict),
  );
}

/** Returns when the step or the monitoring ends by time alone; milliseconds since 1970. */
export function endsAt({ plan, phase, step, state }: Rollout): number {
  const own = plan.steps[step];
  const proofs = plan.advanceWhen === "proved-safe" && plan.guardrails.some(({ requiresVerdict }) => requiresVerdict);
  const seconds = phase === "watching" ? plan.watch.seconds : own ? (proofs ? own.minSeconds : own.maxSeconds) : 0;
  return state.stepStartedAt + seconds * 1000;
}
