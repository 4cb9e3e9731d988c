"use server";

import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import type { UnblockVersion } from "#server/release/endpoints/blocks/contract.ts";
import { unblockVersion } from "#server/release/endpoints/blocks/unblock-version.ts";
import { replayFailures } from "#server/serve/replay/replay-failures.ts";
import { replayPrediction } from "#server/serve/replay/replay-prediction.ts";

/** Runs the inputs of a logged request again. */
export async function replayAction(input: { id: string; versionId: string }) {
  return act((ctx) => replayPrediction(ctx, runtime().models, input));
}

/** Runs logged requests that failed again, on the chosen version. */
export async function replayFailuresAction(endpointId: string, input: { versionId: string; from: string; to: string }) {
  return act((ctx) => replayFailures(ctx, runtime().models, { endpointId, ...input }));
}

export async function unblockAction(input: UnblockVersion) {
  return act((ctx) => unblockVersion(ctx, input));
}
