import { hourMs } from "#server/base/durations.ts";
import type { Acceptance } from "../accept/accept-candidate.ts";
import type { RetrainingPolicy } from "../contract.ts";

/** Where a cycle is. It follows from what there is of it, so that a crash between two steps leaves nothing to repair. */
type CycleState =
  | "checking-data"
  | "training"
  | "evaluating"
  | "gating"
  | "approving"
  | "rolling-out"
  | "adopted"
  | "rejected"
  | "cancelled"
  | "expired"
  | "superseded";

/** What there is of a cycle. Each part is found by the cycle, and made once for it. Null: not there yet. */
export interface CycleParts {
  /** The dataset version that the candidate learns from. */
  data: { state: "making" | "ready" } | Failed | null;
  /** Finished once the version that it made is registered. */
  job: { state: "open" | "finished" } | Failed | null;
  /** The version that the job has registered. */
  candidate: { version: number } | null;
  comparison: { state: "running" } | ({ state: "done" } & Acceptance) | Failed | null;
  gates: { state: "running" | "passed" } | Failed | null;
  approval: { state: "asked" | "given" } | Failed | null;
  rollout: { state: "running" | "promoted" } | Failed | null;
}

interface Failed {
  state: "failed";
  /** Why, in words. */
  problem: string;
}

export interface CycleCircumstances {
  startedAt: number;
  /** Whether the candidate is rolled out only once a person has agreed. */
  needsApproval: boolean;
  /** A person's request to end it, with the reason; null without one. */
  cancelled: { by: string; reason: string } | null;
  /** A version that somebody else has deployed or rolls out to the endpoint since; null without one. */
  otherVersion: number | null;
}

export type CycleAction =
  | "make-data"
  | "submit-job"
  | "compare"
  | "run-gates"
  | "ask-approval"
  | "start-rollout"
  /** Something runs on its own. */
  | "wait"
  /** What still runs of it is stopped. */
  | "stop"
  | "end";

export interface CycleStep {
  state: CycleState;
  action: CycleAction;
  /** Why it has ended, in words; "" while it has not. */
  words: string;
}

/**
 * Decides what a cycle does next, from what there is of it: the same parts give the same step, and each action makes one part that is there at most
 * once. So a worker that is killed before, during or after an action repeats the action, and finds the part. docs/spec/retraining.md section 5.
 */
export function nextStep(
  { maxAgeHours }: RetrainingPolicy["limits"],
  parts: CycleParts,
  circumstances: CycleCircumstances,
  now: number,
): CycleStep {
  const { rollout } = parts;
  // A rollout decides by itself, whatever else happens meanwhile.
  if (rollout?.state === "promoted") return ended("adopted", "Promoted by evidence.");
  const { cancelled, otherVersion, startedAt } = circumstances;
  // Before a rollout that has failed: the request itself may have stopped it, and a person's decision counts as no rejection.
  if (cancelled) return stopped(parts, "cancelled", `Ended by ${cancelled.by}: ${cancelled.reason}`);
  if (rollout?.state === "failed") return ended("rejected", `Rolled back: ${rollout.problem}`);
  if (rollout) return { state: "rolling-out", action: "wait", words: "" };
  if (otherVersion !== null) {
    return stopped(parts, "superseded", `Version ${otherVersion} was deployed meanwhile.`);
  }
  if (now - startedAt > maxAgeHours * hourMs) {
    return stopped(parts, "expired", `It did not end within ${maxAgeHours} hours.`);
  }
  return (
    stepOf(parts.data, "checking-data", "make-data", "making") ??
    stepOf(parts.job, "training", "submit-job", "open") ??
    withCandidate(parts, circumstances)
  );
}

function withCandidate(parts: CycleParts, { needsApproval }: CycleCircumstances): CycleStep {
  const { candidate, comparison } = parts;
  if (!candidate) return ended("rejected", "The job registered no version.");
  const step = stepOf(comparison, "evaluating", "compare", "running");
  if (step) return step;
  if (comparison?.state === "done" && comparison.verdict === "reject") {
    return ended("rejected", comparison.reasons.map(({ words }) => words).join(" "));
  }
  return (
    stepOf(parts.gates, "gating", "run-gates", "running") ??
    (needsApproval ? stepOf(parts.approval, "approving", "ask-approval", "asked") : undefined) ?? {
      state: "rolling-out",
      action: "start-rollout",
      words: "",
    }
  );
}

/** The step of a part that is not there, in progress, or failed; undefined once it is done. */
function stepOf(
  part: { state: string } | Failed | null,
  state: CycleState,
  action: CycleAction,
  inProgress: string,
): CycleStep | undefined {
  if (!part) return { state, action, words: "" };
  if (part.state === inProgress) return { state, action: "wait", words: "" };
  return isFailed(part) ? ended("rejected", part.problem) : undefined;
}

/** Ends a cycle once nothing of it runs any more. */
function stopped({ data, job, comparison, gates, rollout }: CycleParts, state: CycleState, words: string): CycleStep {
  const isRunning =
    data?.state === "making" ||
    job?.state === "open" ||
    comparison?.state === "running" ||
    gates?.state === "running" ||
    rollout?.state === "running";
  return isRunning ? { state, action: "stop", words } : ended(state, words);
}

const isFailed = (part: { state: string } | Failed): part is Failed => part.state === "failed";
const ended = (state: CycleState, words: string): CycleStep => ({ state, action: "end", words });
