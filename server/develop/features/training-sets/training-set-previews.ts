import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { FairSlots } from "#server/base/fair-slots.ts";
import { EngineInterrupted } from "../offline/engine/offline-engine.ts";
import type { PreviewTrainingSet, TrainingSetPreview } from "./contract.ts";
import { type PreviewPlace, previewTrainingSet } from "./preview-training-set.ts";
import type { TrainingSetChecks } from "./training-set-checks.ts";

/** Previews a training set, and checks it if that is asked for. @throws as previewTrainingSet, checkTrainingSet */
export type TrainingSetPreviews = (ctx: Context, input: PreviewTrainingSet) => Promise<TrainingSetPreview>;

/** A process with up to 1.5 GiB each. */
const slotRules = { slots: 2, maxPerTenant: 1, maxHoldMs: 60_000, maxRunning: 2 };
const timeoutMs = 60_000;

/**
 * Returns a function that previews training sets: two at the same time, fairly between workspaces, each for at most a minute.
 * @param check looks for leaks, for who asks for both
 */
export function trainingSetPreviews(
  place: Omit<PreviewPlace, "signal">,
  check: TrainingSetChecks,
): TrainingSetPreviews {
  const slots = new FairSlots(slotRules);
  const preview = (ctx: Context, input: PreviewTrainingSet) =>
    slots.run(ctx.actor.workspaceId, async () => {
      try {
        return await previewTrainingSet(ctx, input, { ...place, signal: AbortSignal.timeout(timeoutMs) });
      } catch (error) {
        if (!(error instanceof EngineInterrupted)) throw error;
        throw new DomainError(
          "too-large",
          "The preview timed out after one minute. Create the training set without it.",
        );
      }
    });
  return async (ctx, input) => {
    const shown = await preview(ctx, input);
    return { ...shown, check: input.check ? await check(ctx, input) : null };
  };
}
