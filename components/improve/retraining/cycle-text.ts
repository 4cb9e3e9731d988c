import type { StepCell } from "#components/release/rollouts/step-text.ts";
import { formatClock, formatDuration } from "#components/ui/format-time.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { RetrainingCycle, RetrainingCycleDetails } from "#server/improve/retraining/cycles/contract.ts";

type CycleState = RetrainingCycle["state"];

/** Icon and word of each state of a cycle. */
export const cycleStateLabels: Readonly<Record<CycleState, { state: State; word: string }>> = {
  requested: { state: "running", word: "Requested" },
  "checking-data": { state: "running", word: "Checking data" },
  training: { state: "running", word: "Training" },
  evaluating: { state: "running", word: "Evaluating" },
  gating: { state: "running", word: "At the gates" },
  approving: { state: "watch", word: "Awaiting approval" },
  "rolling-out": { state: "running", word: "In canary" },
  adopted: { state: "finished", word: "Adopted" },
  rejected: { state: "missed", word: "Rejected" },
  cancelled: { state: "paused", word: "Cancelled" },
  expired: { state: "no-data", word: "Expired" },
  superseded: { state: "no-data", word: "Superseded" },
};

const rejections: Record<NonNullable<RetrainingCycle["rejectedAt"]>, string> = {
  data: "by its data",
  training: "in training",
  evaluation: "by its evaluation",
  gate: "by a gate",
  approval: "by a person",
  canary: "in its canary",
};

/** Formats how a cycle ended, or where it is: "Rejected by a gate". */
export function describeState({ state, rejectedAt }: Pick<RetrainingCycle, "state" | "rejectedAt">): string {
  const { word } = cycleStateLabels[state];
  return rejectedAt === null ? word : `${word} ${rejections[rejectedAt]}`;
}

/** Formats what a cycle started from: the first evidence and how many more, or the person who asked for it. */
export function describeTrigger({ evidence, requestedBy }: Pick<RetrainingCycle, "evidence" | "requestedBy">): string {
  if (requestedBy !== null) return `Requested by ${requestedBy}`;
  const [first, ...others] = evidence;
  if (!first) return "Started by its policy";
  const words = first.words.replace(/\.$/, "");
  return others.length === 0 ? words : `${words}, and ${others.length} more`;
}

/** Says what a cycle does now or what became of it, in a sentence. */
export function describeCycle(cycle: RetrainingCycle): string {
  if (cycle.words !== "") return cycle.words;
  if (cycle.cancelRequest !== null) return `Stopped by ${cycle.cancelRequest.by}; running work is being stopped.`;
  const candidate = cycle.candidateVersion === null ? "The candidate" : `v${cycle.candidateVersion}`;
  const sentences: Partial<Record<CycleState, string>> = {
    requested: "It starts within seconds.",
    "checking-data": "The training data is collected and checked.",
    training: "A candidate is training. Production is unchanged until the canary.",
    evaluating: `${candidate} is compared with v${cycle.championVersion} on the same rows.`,
    gating: `${candidate} is in the registry gates.`,
    approving: `${candidate} has passed its gates and awaits approval.`,
    "rolling-out": `${candidate} receives traffic step by step and is rolled back on a regression.`,
  };
  return sentences[cycle.state] ?? "";
}

/** Steps of the loop in their order, with the state of the cycle that each one belongs to. */
const steps = [
  { share: "Trigger", state: "requested" },
  { share: "Data", state: "checking-data" },
  { share: "Training", state: "training" },
  { share: "Candidate", state: "evaluating" },
  { share: "Gates", state: "gating" },
  { share: "Approval", state: "approving" },
  { share: "Canary", state: "rolling-out" },
] as const;

/** Computes the cells of the loop strip: what is done, what is in progress, and what has not started. */
export function cycleCells(cycle: RetrainingCycleDetails, now: number): StepCell[] {
  const { state, plan, startedAt, endedAt } = cycle;
  const startTimes = new Map(cycle.steps.map((step) => [step.state as string, step.at.getTime()]));
  startTimes.set("requested", startedAt.getTime());
  const shown = steps.filter((step) => step.state !== "approving" || plan.release.needsApproval);
  const lastStarted = shown.findLastIndex((step) => startTimes.has(step.state));
  const cells = shown.map((step, index): StepCell => {
    const from = startTimes.get(step.state);
    const detail = detailOf(step.state, cycle);
    if (from === undefined) return { share: step.share, state: "not-started", status: "", detail };
    const isLast = index === lastStarted;
    if (isLast && endedAt === null) {
      return { share: step.share, state: cycleStateLabels[state].state, status: formatDuration(now - from), detail };
    }
    const next = shown.slice(index + 1).find((other) => startTimes.has(other.state));
    const until = (next && startTimes.get(next.state)) ?? endedAt?.getTime() ?? now;
    const isDone = !isLast || state === "adopted";
    const end = isDone ? "finished" : cycleStateLabels[state].state;
    const status = step.state === "requested" ? formatClock(from) : formatDuration(until - from);
    return { share: step.share, state: end, status, detail };
  });
  const outcome = cycleStateLabels[state];
  const isOver = endedAt !== null;
  cells.push({
    share: "Outcome",
    state: isOver ? outcome.state : "not-started",
    status: isOver ? formatDuration(endedAt.getTime() - startedAt.getTime()) : "",
    detail: isOver ? describeState(cycle) : "promoted or rolled back by evidence",
  });
  return cells;
}

function detailOf(step: (typeof steps)[number]["state"], cycle: RetrainingCycleDetails): string {
  const { parts, plan, candidateVersion, championVersion } = cycle;
  switch (step) {
    case "requested":
      return describeTrigger(cycle);
    case "checking-data":
      return parts.data?.version ? parts.data.version.name : (parts.data?.problem ?? "training data");
    case "training":
      return parts.job?.name ?? `template ${plan.job.template}`;
    case "evaluating":
      return candidateVersion === null
        ? `compared with v${championVersion} on the same rows`
        : `v${candidateVersion} and v${championVersion} on the same rows`;
    case "gating":
      return "the registry gates";
    case "approving": {
      const decision = parts.approval?.decision;
      return decision ? `${decision.isGiven ? "given" : "declined"} by ${decision.by}` : "by a person";
    }
    case "rolling-out":
      return `${plan.release.plan.steps.length} steps, ${plan.release.plan.guardrails.length} guardrails`;
  }
}
