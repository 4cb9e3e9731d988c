import { and, desc, eq } from "drizzle-orm";
import { datasetContracts, datasetUploads, datasetVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { VersionKey } from "./contract.ts";

/** Returns the active contract; undefined if the dataset has none. */
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
 * Finds a version whose rows Leeway has.
 * @throws DomainError "not-found", also for a version only reported by a client: its rows are elsewhere.
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
    `The rows of version ${digest} of "${name}" are not available. Upload the file to check them.`,
  );
}

/** Finds an upload of this workspace. @throws DomainError "not-found" */
export async function findUpload(ctx: Context, { name, id }: { name: string; id: string }) {
  const ofName = and(eq(datasetUploads.workspaceId, ctx.actor.workspaceId), eq(datasetUploads.name, name));
  const [row] = await ctx.db
    .select()
    .from(datasetUploads)
    .where(and(ofName, eq(datasetUploads.id, id)));
  if (!row) throw noUpload();
  return row;
}

export function noUpload(): DomainError {
  return new DomainError("not-found", "Upload not found.");
}

/** Returns the error for a dataset that was never logged or uploaded. */
export function noDataset(name: string): DomainError {
  return new DomainError("not-found", `Dataset "${name}" not found.`);
}
