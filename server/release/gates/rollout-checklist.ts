import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import { GetRolloutChecklist, type RolloutChecklist } from "../../develop/registry/gates/contract.ts";
import { isClear } from "../../develop/registry/gates/gate-status.ts";
import { findVersion } from "../../develop/registry/lookups.ts";
import { mainAlias } from "../../develop/registry/policy/contract.ts";
import { loadPolicy } from "../../develop/registry/policy/queries.ts";
import { loadChecklists } from "./queries.ts";
import { refuseDeploy } from "./refuse-deploy.ts";

/**
 * Returns the state of a version before it takes traffic of an endpoint: its gates, and why its policy would reject a rollout's start.
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
    model: name,
    version,
    alias,
    gates,
    isClear: isClear(gates),
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
