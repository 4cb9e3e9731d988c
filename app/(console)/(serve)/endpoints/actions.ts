"use server";

import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import type { DeployInput } from "#components/release/endpoints/deploy-dialog.tsx";
import { type Context, transact } from "#server/base/context.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import type { CreateEndpoint } from "#server/serve/endpoints/contract.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import type { UpdateEndpoint } from "#server/serve/endpoints/input-contract.ts";
import { updateEndpoint } from "#server/serve/endpoints/update-endpoint.ts";

export async function createEndpointAction(input: CreateEndpoint) {
  return act(async (ctx) => {
    const { name } = await createEndpoint(ctx, input);
    return { name };
  });
}

/** Deploys to an endpoint, which is created first if the input has no id; both succeed or neither. */
export async function deployAction(input: DeployInput) {
  return act((ctx) => transact(ctx, (ctx) => deploy(ctx, input)));
}

/** Saves the settings with which gateways run an endpoint's requests. */
export async function saveExecutionAction(input: Pick<UpdateEndpoint, "endpointId" | "execution">) {
  return act((ctx) => {
    const { endpointId, execution } = input;
    return updateEndpoint(ctx, { endpointId, execution });
  });
}

async function deploy(ctx: Context, { endpointId, endpointName, ...input }: DeployInput) {
  const id = endpointId ?? (await createEndpoint(ctx, { name: endpointName })).id;
  await deployVersion(ctx, { ...input, endpointId: id }, runtime().config.engines);
  return { endpoint: endpointName };
}
