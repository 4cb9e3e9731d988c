import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findVersion } from "../../develop/registry/lookups.ts";
import { mainAlias } from "../../develop/registry/policy/contract.ts";
import { loadPolicy } from "../../develop/registry/policy/queries.ts";
import { refuseIncomplete } from "../../develop/registry/policy/refuse-incomplete.ts";
import type { VersionKey } from "../../develop/registry/versions/contract.ts";
import { loadChecklists } from "./queries.ts";

/**
 * Rejects the deployment of a version that its policy forbids: required metadata is missing, or a gate has neither passed nor been waived,
 * depending on what the policy enforces.
 * @throws DomainError "conflict" with the obstacles.
 */
export async function refuseDeploy(ctx: Context, key: VersionKey): Promise<void> {
  const { id, modelId } = await findVersion(ctx, key);
  const { policy } = await loadPolicy(ctx, modelId);
  if (policy.enforce.deploy === "off") return;
  await refuseIncomplete(ctx, key, policy);
  if (policy.enforce.deploy !== "gates") return;
  const lines = (await loadChecklists(ctx, { modelId, alias: mainAlias(policy), policy, versionIds: [id] })).get(id);
  const inTheWay = (lines ?? []).filter(({ standing: status }) => status !== "passed" && status !== "waived");
  if (inTheWay.length === 0) return;
  throw new DomainError(
    "conflict",
    `${key.name} v${key.version} cannot be deployed: ${inTheWay.map(({ title }) => title).join(", ")} ${inTheWay.length === 1 ? "has" : "have"} not passed. Run the gates, or waive the blocking ones, on the version's page.`,
  );
}
