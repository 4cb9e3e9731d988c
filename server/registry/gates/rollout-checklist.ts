import type { Context } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import { permit } from "#server/identity/permit.ts";
import { currentDeployments } from "#server/serving/deployment-rows.ts";
import { findLiveEndpoint } from "#server/serving/lookups.ts";
import { findVersion } from "../lookups.ts";
import { mainAlias } from "../policy/contract.ts";
import { loadPolicy } from "../policy/queries.ts";
import { refuseDeploy } from "../policy/refuse-deploy.ts";
import { GetRolloutChecklist, type RolloutChecklist } from "./contract.ts";
import { loadChecklists } from "./queries.ts";
import { isClear } from "./standing.ts";

/**
 * Where a version stands before it takes traffic of an endpoint: its gates, and what its policy would refuse the start of a rollout with.
 * @throws DomainError "not-found", "conflict" when the endpoint is archived, or serves nothing and no model is named
 */
export async function rolloutChecklist(ctx: Context, input: GetRolloutChecklist): Promise<RolloutChecklist> {
  permit(ctx, "rolloutChecklist");
  const { endpointId, model, version } = GetRolloutChecklist.parse(input);
  const endpoint = await findLiveEndpoint(ctx, endpointId);
  const name = model ?? (await currentDeployments(ctx, [endpointId])).get(endpointId)?.modelName;
  if (name === undefined) {
    throw new DomainError("conflict", `Nothing is deployed to "${endpoint.name}". Specify the model too.`, {
      field: "model",
    });
  }
  const { id, modelId } = await findVersion(ctx, { name, version });
  const { policy } = await loadPolicy(ctx, modelId);
  const alias = mainAlias(policy);
  const gates = (await loadChecklists(ctx, { modelId, alias, policy, versionIds: [id] })).get(id) ?? [];
  return {
    ...{ model: name, version, alias, gates, isClear: isClear(gates) },
    isEnforced: policy.enforce.deploy === "gates",
    refusal: await refusalOf(refuseDeploy(ctx, { name, version })),
  };
}

async function refusalOf(refused: Promise<void>): Promise<string | null> {
  try {
    await refused;
    return null;
  } catch (cause) {
    if (cause instanceof DomainError && cause.code === "conflict") return cause.message;
    throw cause;
  }
}
