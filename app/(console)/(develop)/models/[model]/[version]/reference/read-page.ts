import type { Context } from "#server/base/context.ts";
import { listReadVersions } from "#server/develop/datasets/queries.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import { getVersion } from "#server/develop/registry/versions/queries.ts";
import { adviseReference } from "#server/watch/monitoring/profiles/advise-reference.ts";
import { getReference, listProfiles, listReferenceFeatures } from "#server/watch/monitoring/profiles/queries.ts";

/** Reads all data of the page about a version's references. @throws DomainError "not-found" */
export async function readReferencePage(ctx: Context, key: VersionKey) {
  const version = await getVersion(ctx, key);
  const [reference, references, advice, datasets] = await Promise.all([
    getReference(ctx, key),
    listProfiles(ctx, key),
    adviseReference(ctx, key),
    listReadVersions(ctx),
  ]);
  const features = reference ? await listReferenceFeatures(ctx, { ...key, profileId: reference.id }) : [];
  return { version, reference, references, features, advice, datasets };
}
