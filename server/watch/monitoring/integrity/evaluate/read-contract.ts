import type { Context } from "#server/base/context.ts";
import { findContract } from "#server/develop/datasets/lookups.ts";
import { ContractRules } from "#server/develop/datasets/rules/contract.ts";
import { activeProfiles, loadProfile } from "../../profiles/load-profile.ts";
import type { ReferenceContract } from "../checks/contract-check.ts";

/** Returns the contract of the dataset behind the version's reference; undefined without a reference, a dataset or a contract. */
export async function readContract(ctx: Context, versionId: string): Promise<ReferenceContract | undefined> {
  const profileId = (await activeProfiles(ctx.db, [versionId])).get(versionId);
  const profile = profileId ? await loadProfile(ctx.db, profileId) : undefined;
  if (profile?.source.kind !== "dataset") return undefined;
  const { name: dataset, columns } = profile.source;
  const contract = await findContract(ctx, dataset);
  if (!contract) return undefined;
  return { dataset, revision: contract.revision, rules: ContractRules.parse(contract.rules).columns, columns };
}
