import type { Signatures } from "#components/serve/predictions/predictions-table.tsx";
import type { Context } from "#server/base/context.ts";
import { getVersion } from "#server/develop/registry/versions/queries.ts";
import type { Deployment } from "#server/serve/endpoints/contract.ts";

/** Without a name, the version is gone. */
type VersionName = { [key in "modelName" | "version"]: Deployment[key] | null } & Pick<Deployment, "versionId">;

const maxVersions = 6;

/** Signatures of the first few of the versions, by id. */
export async function signaturesOf(ctx: Context, named: VersionName[]): Promise<Signatures> {
  const signatures: Signatures = {};
  const versions = [...new Map(named.map((version) => [version.versionId, version])).values()];
  for (const { versionId, modelName: name, version } of versions.slice(0, maxVersions)) {
    if (name === null || version === null) continue;
    const { signature } = await getVersion(ctx, { name, version });
    if (signature) signatures[versionId] = signature;
  }
  return signatures;
}
