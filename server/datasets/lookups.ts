import { and, desc, eq } from "drizzle-orm";
import { datasetContracts, datasetVersions } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import type { VersionKey } from "./contract.ts";

/** The contract in force; undefined when the dataset promises nothing. */
export async function findContract(ctx: Context, name: string) {
  const [row] = await ctx.db
    .select()
    .from(datasetContracts)
    .where(and(eq(datasetContracts.workspaceId, ctx.actor.workspaceId), eq(datasetContracts.name, name)))
    .orderBy(desc(datasetContracts.revision))
    .limit(1);
  return row;
}

/**
 * A version whose rows Leeway has.
 * @throws DomainError "not-found", also for one that a client only told of: its rows are elsewhere.
 */
export async function findUploadedVersion(ctx: Context, { name, digest }: VersionKey) {
  const [row] = await ctx.db
    .select()
    .from(datasetVersions)
    .where(
      and(
        eq(datasetVersions.workspaceId, ctx.actor.workspaceId),
        eq(datasetVersions.name, name),
        eq(datasetVersions.digest, digest),
      ),
    );
  if (row) return row;
  throw new DomainError(
    "not-found",
    `Leeway does not have the rows of version ${digest} of "${name}". Upload the file to have them checked.`,
  );
}

/** The error of a dataset that nobody logged or uploaded. */
export function noDataset(name: string): DomainError {
  return new DomainError("not-found", `There is no dataset "${name}".`);
}
