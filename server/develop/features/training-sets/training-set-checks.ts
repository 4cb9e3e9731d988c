import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { FairSlots } from "#server/base/fair-slots.ts";
import { EngineInterrupted } from "../offline/engine/offline-engine.ts";
import { checkTrainingSet } from "./check-training-set.ts";
import type { CheckTrainingSet, TrainingSetCheck } from "./contract.ts";
import type { PreviewPlace } from "./preview-training-set.ts";

/** Checks a training set that does not exist yet. @param signal the caller no longer waits @throws as checkTrainingSet */
export type TrainingSetChecks = (
  ctx: Context,
  input: CheckTrainingSet,
  signal?: AbortSignal,
) => Promise<TrainingSetCheck>;

/** A process with up to 1.5 GiB each. */
const slotRules = { slots: 1, maxPerTenant: 1, maxHoldMs: 120_000, maxRunning: 2 };
const timeoutMs = 120_000;

/** Returns a function that checks training sets: one at a time, fairly between workspaces, each for at most two minutes. */
export function trainingSetChecks(place: Omit<PreviewPlace, "signal">): TrainingSetChecks {
  const slots = new FairSlots(slotRules);
  return (ctx, input, signal) =>
    slots.run(ctx.actor.workspaceId, async () => {
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        return await checkTrainingSet(ctx, input, {
          ...place,
          signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        });
      } catch (error) {
        if (!timeout.aborted || !(error instanceof EngineInterrupted)) throw error;
        throw new DomainError(
          "too-large",
          "The check timed out after two minutes. It runs again when the training set is created.",
        );
      }
    });
}
