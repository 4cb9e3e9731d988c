import { and, eq, or, sql } from "drizzle-orm";
import { modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { overlap, ownPath } from "#server/platform/artifacts/own-path.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { Location } from "./locate.ts";
import { parseRunUri } from "./run-uri.ts";

interface Sealed {
  label: string;
  isServable: boolean;
  /** Path of its folder or file, without the workspace. */
  path: string;
}

/**
 * Refuses to store a file where a registered version has its files, be it in the trash. While the version cannot be served, what is missing may be added;
 * what is there never changes.
 * @throws DomainError "invalid"
 */
export async function refuseSealedFile(ctx: Context, store: ArtifactStore, location: Location): Promise<void> {
  const path = pathOf(ctx, location);
  const holders = (await sealedIn(ctx, location)).filter((one) => path === one.path || path.startsWith(`${one.path}/`));
  const fixed = holders.find(({ isServable }) => isServable);
  if (fixed) throw sealed(fixed);
  const [holder] = holders;
  if (!holder) return;
  const isThere = await store.stat(location.key).then(
    () => true,
    (error: unknown) => {
      if (error instanceof DomainError && error.code === "not-found") return false;
      throw error;
    },
  );
  if (isThere) throw sealed(holder);
}

/** Refuses to remove a file or folder in which a registered version has files, be it in the trash. @throws DomainError "invalid" */
export async function refuseSealedFolder(ctx: Context, location: Location): Promise<void> {
  const path = pathOf(ctx, location);
  const holder = (await sealedIn(ctx, location)).find((one) => overlap(one.path, path));
  if (holder) throw sealed(holder);
}

async function sealedIn(ctx: Context, { runId, modelId, root }: Location): Promise<Sealed[]> {
  const owner = runId ?? modelId;
  if (!owner || !root) return [];
  const rows = await ctx.db
    .select({
      model: registeredModels.name,
      version: modelVersions.version,
      storageLocation: modelVersions.storageLocation,
      inspection: modelVersions.inspection,
    })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(
      and(
        eq(modelVersions.workspaceId, ctx.actor.workspaceId),
        or(
          sql`position(${owner} in ${modelVersions.storageLocation}) > 0`,
          sql`position(${root} in ${modelVersions.storageLocation}) > 0`,
        ),
      ),
    );
  return [
    ...rows.map((row) => ({ ...row, label: `version ${row.version} of ${row.model}` })),
    ...(await trashedIn(ctx, owner, root)),
  ].flatMap(({ label, storageLocation, inspection }) => {
    const path = ownPath(storageLocation) ?? pathInRun(storageLocation, runId, root);
    return path ? [{ label, isServable: inspection === "servable", path }] : [];
  });
}

/** Returns versions in the trash, which must be unchanged if they are restored. */
async function trashedIn(ctx: Context, owner: string, root: string) {
  const { rows } = await ctx.db.execute<{ label: string; storageLocation: string; inspection: string }>(sql`
    select format('version %s of %s, which is in the trash', version.version, name) as label,
      version.storage_location as "storageLocation", version.inspection
    from trashed_models, jsonb_array_elements(rows) as kept,
      jsonb_populate_recordset(null::model_versions, kept->'rows') as version
    where trashed_models.workspace_id = ${ctx.actor.workspaceId} and kept->>'table' = 'model_versions'
      and (position(${owner} in version.storage_location) > 0 or position(${root} in version.storage_location) > 0)`);
  return rows;
}

/** Returns the path of "runs:/<id>/<path>" below the root of that run. */
function pathInRun(storageLocation: string, runId: string | undefined, root: string): string | undefined {
  const named = parseRunUri(storageLocation);
  if (named === undefined || named.runId !== runId) return undefined;
  return [root, ...named.path.split("/").filter(Boolean)].join("/");
}

function pathOf(ctx: Context, { key }: Location): string {
  return key.slice(ctx.actor.workspaceId.length + 1);
}

function sealed({ label }: Sealed): DomainError {
  return new DomainError(
    "invalid",
    `These files belong to ${label} and are immutable. Log the model again and register it as a new version.`,
  );
}
