import type { Signatures } from "#components/serving/predictions-table.tsx";
import type { Context } from "#server/context.ts";
import { getVersion } from "#server/registry/version-queries.ts";
import type { Deployment } from "#server/serving/contract.ts";

const mostVersions = 6;

/** Signatures of the versions deployed last, by id. */
export async function signaturesOf(ctx: Context, history: Deployment[]): Promise<Signatures> {
  const signatures: Signatures = {};
  const versions = [...new Map(history.map((deployment) => [deployment.versionId, deployment])).values()];
  for (const { versionId, modelName: name, version } of versions.slice(0, mostVersions)) {
    const { signature } = await getVersion(ctx, { name, version });
    if (signature) signatures[versionId] = signature;
  }
  return signatures;
}
