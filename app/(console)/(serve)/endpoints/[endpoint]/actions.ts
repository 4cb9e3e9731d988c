"use server";

import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import type { UnblockVersion } from "#server/release/endpoints/blocks/contract.ts";
import { unblockVersion } from "#server/release/endpoints/blocks/unblock-version.ts";
import { replayPrediction } from "#server/serve/replay/replay-prediction.ts";

/** Runs the inputs of a logged request again. */
export async function replayAction(input: { id: string; versionId: string }) {
  return act((ctx) => replayPrediction(ctx, runtime().models, input));
}

export async function unblockAction(input: UnblockVersion) {
  return act((ctx) => unblockVersion(ctx, input));
}
