"use server";

import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import { sendToLabels } from "#server/improve/labelling/sources/send-to-labels.ts";
import { recordLabels } from "#server/serve/labels/record-labels.ts";
import { cancelPlaygroundRun } from "#server/serve/playground/cancel-run.ts";
import type { ExplainVersion, RunBatchItems, RunVersions, StartBatch } from "#server/serve/playground/contract.ts";
import { getPlaygroundRun } from "#server/serve/playground/queries.ts";
import { startBatch } from "#server/serve/playground/start-batch.ts";

/** Runs one or two versions on the same inputs. One that fails says why and does not take the other along. */
export async function runAction(request: RunVersions) {
  return act((ctx) => runtime().playground.run(ctx, request));
}

export async function explainAction(request: ExplainVersion) {
  return act((ctx) => runtime().playground.explain(ctx, request));
}

/** Returns the progress and result of a long run. */
export async function pollRunAction(id: string) {
  return act((ctx) => getPlaygroundRun(ctx, { id }));
}

export async function cancelAction(id: string) {
  return act((ctx) => cancelPlaygroundRun(ctx, { id }));
}

export async function startBatchAction(request: StartBatch) {
  return act((ctx) => startBatch(ctx, request));
}

export async function runItemsAction(request: RunBatchItems) {
  return act((ctx) => runtime().playground.runItems(ctx, request));
}

/** Lets annotators label a request that is in the prediction log. */
export async function sendToLabelsAction(input: { endpointId: string; requestId: string }) {
  return act((ctx) => sendToLabels(ctx, input, runtime().artifacts));
}

/** Says what turned out to be true of a recorded prediction. */
export async function labelAction(input: { endpointId: string; requestId: string; label: string }) {
  return act((ctx) => {
    const { endpointId, ...label } = input;
    return recordLabels(ctx, { endpointId, labels: [label] });
  });
}
