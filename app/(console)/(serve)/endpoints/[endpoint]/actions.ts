"use server";

import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import { replayPrediction } from "#server/serve/replay/replay-prediction.ts";

/** Runs the inputs of a logged request again. */
export async function replayAction(input: { id: string; versionId: string }) {
  return act((ctx) => replayPrediction(ctx, runtime().models, input));
}
