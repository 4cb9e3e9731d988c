import { and, desc, eq } from "drizzle-orm";
import { datasetContracts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { VersionKey } from "../contract.ts";
import { noDataset } from "../lookups.ts";
import { toContract } from "../shapes.ts";
import { loadDatasetVersion } from "../version-queries.ts";
import { isKnown } from "../version-rows.ts";
import type { ContractRules, DatasetContract } from "./contract.ts";
import { proposeFromSchema, proposeRules } from "./propose-rules.ts";

/** Lists the revisions of a dataset's contract, newest first, at most 100; none without a contract. @throws DomainError "not-found" */
export async function listContractRevisions(ctx: Context, name: string): Promise<DatasetContract[]> {
  permit(ctx, "listContractRevisions");
  const rows = await ctx.db
    .select()
    .from(datasetContracts)
    .where(and(eq(datasetContracts.workspaceId, ctx.actor.workspaceId), eq(datasetContracts.name, name)))
    .orderBy(desc(datasetContracts.revision))
    .limit(100);
  if (rows.length === 0 && !(await isKnown(ctx, name))) throw noDataset(name);
  return rows.map(toContract);
}

/** Proposes rules from a version. @throws DomainError "not-found", "conflict" if its columns are unknown. */
export async function proposeContract(ctx: Context, input: VersionKey): Promise<ContractRules> {
  permit(ctx, "proposeContract");
  const { profile, schema } = await loadDatasetVersion(ctx, VersionKey.parse(input));
  if (profile) return proposeRules(profile);
  if (schema) return proposeFromSchema(schema);
  throw new DomainError("conflict", "The columns of this version are unknown. Upload its rows.");
}
