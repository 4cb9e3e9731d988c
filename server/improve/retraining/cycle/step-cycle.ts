import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { formatCount } from "#server/base/format-number.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { StartGuard } from "#server/release/rollouts/start-choices/start-guard.ts";
import { runCandidateGates } from "./candidate-gates.ts";
import { compareCandidate } from "./compare-candidate.ts";
import { endCycle, rejectingStep } from "./end-cycle.ts";
import { isBeingChecked } from "./find-candidate.ts";
import { type FoundCycle, findCycle, lockCycle, updateCycle } from "./lock-cycle.ts";
import { makeData } from "./make-data.ts";
import { type CycleParts, type CycleStep, nextStep } from "./next-step.ts";
import { noteStep } from "./note-step.ts";
import { notifyOwner } from "./notify-owner.ts";
import { readCycleCircumstances } from "./read-circumstances.ts";
import { readParts } from "./read-parts.ts";
import { releaseCandidate } from "./release-candidate.ts";
import { isSetBeingRead, requestComparison } from "./request-comparison.ts";
import { stopParts } from "./stop-parts.ts";
import { submitTraining } from "./submit-training.ts";
import { writeFound } from "./write-found.ts";

export interface StepDependencies {
  artifacts: Pick<ArtifactStore, "open" | "stat">;
  /** What holds the start of a rollout, which this floor does not know. */
  guard: StartGuard;
}

/**
 * Takes a cycle one step further: writes what has come of its parts, decides what follows (next-step.ts), and does that in the same transaction, so that a
 * part and the cycle that names it exist together or not at all. Workers that step at once, or that are killed, make each part once. An ended or
 * deleted cycle stays as it is. docs/spec/retraining.md section 5.
 * @param now milliseconds since 1970
 * @throws what passes by itself, so that the caller tries again; what does not rejects the cycle
 */
export async function stepCycle(
  ctx: Context,
  cycleId: string,
  dependencies: StepDependencies,
  now: number,
): Promise<void> {
  const before = await findCycle(ctx, cycleId);
  if (!before || before.endedAt) return;
  const compared = await compareCandidate(ctx, before, dependencies.artifacts);
  await transact(ctx, async (ctx) => {
    const locked = await lockCycle(ctx, cycleId);
    if (!locked || locked.endedAt) return;
    const cycle = await writeFound(ctx, locked, compared, now);
    const parts = await readParts(ctx, cycle, now);
    const circumstances = await readCycleCircumstances(ctx, cycle);
    const step = nextStep(cycle.rules.limits, parts, circumstances, now);
    await takeStep(ctx, { cycle, parts, step, ...dependencies, now });
  });
}

interface Taken extends StepDependencies {
  cycle: FoundCycle;
  parts: CycleParts;
  step: CycleStep;
  now: number;
}

async function takeStep(ctx: Context, taken: Taken): Promise<void> {
  const { cycle, parts, step, now } = taken;
  if (step.action === "end") {
    const rejectedAt = step.state === "rejected" ? rejectingStep(parts) : null;
    await endCycle(ctx, cycle, { ...endOf(step), rejectedAt }, now);
    await publish(ctx, "retraining", cycle.id);
    return;
  }
  if (step.action === "stop") {
    // Its state stays until all has stopped: it has not ended yet.
    await stopParts(ctx, cycle, parts, step.words);
    return;
  }
  const outcome = await perform(ctx, taken);
  if ("problem" in outcome) {
    const rejectedAt = steps[step.state] ?? "canary";
    await endCycle(ctx, cycle, { state: "rejected", words: outcome.problem, rejectedAt }, now);
    await publish(ctx, "retraining", cycle.id);
    return;
  }
  const isNew = step.state !== cycle.state;
  if (isNew) await updateCycle(ctx, cycle.id, { state: step.state });
  // Noted again whenever the words change: a wait can go on for another reason.
  if (!isNew && !outcome.hasChanged && outcome.words === "") return;
  const isNoted = await noteStep(ctx, cycle.id, { state: step.state, words: outcome.words });
  if (isNew || outcome.hasChanged || isNoted) await publish(ctx, "retraining", cycle.id);
}

type Outcome = { problem: string } | { words: string; hasChanged: boolean };

const nothing = { words: "", hasChanged: false };

/** Does what a step asks for in a savepoint, so that a refusal leaves nothing behind and can be written as the reason of the end. */
async function perform(ctx: Context, taken: Taken): Promise<Outcome> {
  try {
    return await transact(ctx, (ctx) => act(ctx, taken));
  } catch (error) {
    if (!(error instanceof DomainError) || passes(error)) throw error;
    return { problem: error.message };
  }
}

const passes = ({ code }: DomainError) => code === "unavailable" || code === "rate-limited";

async function act(ctx: Context, { cycle, step, artifacts, guard, now }: Taken): Promise<Outcome> {
  const { id, plan, candidateId, candidateVersion } = cycle;
  const made = async (change: Parameters<typeof updateCycle>[2], words: string): Promise<Outcome> => {
    await updateCycle(ctx, id, change);
    return { words, hasChanged: true };
  };
  switch (step.action) {
    case "make-data":
      return made({ data: await makeData(ctx, plan.data) }, "");
    case "submit-job":
      return made({ jobId: await submitTraining(ctx, cycle, artifacts) }, describeData(cycle));
    case "compare":
      if (candidateId === null || (await isBeingChecked(ctx, candidateId))) return nothing;
      if (await isSetBeingRead(ctx, plan.compare.frozenSet)) return nothing;
      return made(
        { comparison: await requestComparison(ctx, cycle) },
        `Version ${candidateVersion ?? ""} is compared.`,
      );
    case "run-gates":
      if (candidateId === null || candidateVersion === null) return nothing;
      await runCandidateGates(ctx, cycle, { id: candidateId, version: candidateVersion });
      return made({ gatesAt: new Date(now) }, describeAcceptance(cycle));
    case "ask-approval": {
      const words = `Version ${candidateVersion ?? ""} has passed its gates.`;
      const { number, model, ownerId } = cycle;
      await notifyOwner(ctx, { cycleId: id, state: "approving", number, model, ownerId, words });
      return made({ approval: { askedAt: new Date(now).toISOString(), decision: null } }, words);
    }
    case "start-rollout": {
      const released = await releaseCandidate(ctx, cycle, guard);
      if ("waitsFor" in released) return { words: `Waiting: ${released.waitsFor}`, hasChanged: false };
      return made({ rolloutId: released.rolloutId }, `Version ${candidateVersion ?? ""} is rolled out step by step.`);
    }
    default:
      return nothing;
  }
}

/** Step that a refused action of a state rejects. */
const steps: Partial<Record<CycleStep["state"], Parameters<typeof endCycle>[2]["rejectedAt"]>> = {
  "checking-data": "data",
  training: "training",
  evaluating: "evaluation",
  gating: "gate",
  approving: "approval",
  "rolling-out": "canary",
};

function describeData({ data }: FoundCycle): string {
  const version = data?.version;
  return version
    ? `Trains on ${formatCount(version.rows)} rows of ${version.name}, ${version.digest.slice(0, 8)}.`
    : "";
}

const describeAcceptance = ({ comparison }: FoundCycle): string =>
  comparison?.acceptance?.reasons.map(({ words }) => words).join(" ") ?? "";

/** @throws Error for a state that is no end, which next-step.ts does not return with this action */
function endOf({ state, words }: CycleStep): Pick<Parameters<typeof endCycle>[2], "state" | "words"> {
  switch (state) {
    case "adopted":
    case "rejected":
    case "cancelled":
    case "expired":
    case "superseded":
      return { state, words };
    default:
      throw new Error(`A cycle does not end as ${state}.`);
  }
}
