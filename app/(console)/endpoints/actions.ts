"use server";

import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import type { DeployInput } from "#components/serving/deploy-dialog.tsx";
import { type Context, transact } from "#server/context.ts";
import type { CreateEndpoint } from "#server/serving/contract.ts";
import { createEndpoint } from "#server/serving/create-endpoint.ts";
import { deployVersion } from "#server/serving/deploy-version.ts";
import type { UpdateEndpoint } from "#server/serving/input-contract.ts";
import { updateEndpoint } from "#server/serving/update-endpoint.ts";

export async function createEndpointAction(input: CreateEndpoint) {
  return act(async (ctx) => {
    const { name } = await createEndpoint(ctx, input);
    return { name };
  });
}

/** Deploys to an endpoint, which is made first when the input has no id of one; both or neither. */
export async function deployAction(input: DeployInput) {
  return act((ctx) => transact(ctx, (ctx) => deploy(ctx, input)));
}

/** How gateways run an endpoint's requests. */
export async function saveExecutionAction({ endpointId, execution }: Pick<UpdateEndpoint, "endpointId" | "execution">) {
  return act((ctx) => updateEndpoint(ctx, { endpointId, execution }));
}

async function deploy(ctx: Context, { endpointId, endpointName, ...wish }: DeployInput) {
  const id = endpointId ?? (await createEndpoint(ctx, { name: endpointName })).id;
  await deployVersion(ctx, { ...wish, endpointId: id }, runtime().config.engines);
  return { endpoint: endpointName };
}
