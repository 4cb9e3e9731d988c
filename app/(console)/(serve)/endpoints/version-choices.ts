import type { VersionChoice } from "#components/release/endpoints/deploy-text.ts";
import type { Context } from "#server/base/context.ts";
import { listModels } from "#server/develop/registry/models/queries.ts";
import { listSecuritySummaries } from "#server/develop/registry/security/queries.ts";
import type { ModelVersion } from "#server/develop/registry/versions/contract.ts";
import { getVersion, listVersions } from "#server/develop/registry/versions/queries.ts";
import type { Deployment } from "#server/serve/endpoints/contract.ts";

const perModel = 20;
const models = 50;

/** Lists the versions that an endpoint may serve next: those of its current model, otherwise the newest of every model. */
export async function versionChoices(ctx: Context, current: Deployment | null): Promise<VersionChoice[]> {
  if (current) return toChoices(ctx, await listVersions(ctx, { name: current.modelName, limit: perModel }));
  const summaries = await listModels(ctx, { limit: models });
  const newest = await Promise.all(
    summaries.flatMap(({ name, latestVersion }) =>
      latestVersion ? [getVersion(ctx, { name, version: latestVersion.version })] : [],
    ),
  );
  return toChoices(ctx, newest);
}

/** Converts versions to the options of the deploy dialog, with the result of the security policy for each. */
export async function toChoices(ctx: Context, versions: ModelVersion[]): Promise<VersionChoice[]> {
  const ids = versions.map(({ id }) => id);
  const summaries = await listSecuritySummaries(ctx, ids);
  const concernsOf = new Map(summaries.map((each) => [each.versionId, [...each.refusals, ...each.warnings]]));
  return versions.map((version) => ({ ...toChoice(version), concerns: concernsOf.get(version.id) ?? [] }));
}

/** Converts a version to an option of the deploy dialog. */
export function toChoice(version: ModelVersion): VersionChoice {
  const { modelName, version: number, aliases, signature, inspection, inspectionMessage } = version;
  const needsEngine = inspection === "unservable" && signature !== null;
  const problem =
    inspection === "servable" || needsEngine
      ? undefined
      : inspection === "pending"
        ? "is being checked"
        : `cannot be served: ${inspectionMessage ?? "not an ONNX file"}`;
  return {
    modelName,
    version: number,
    aliases,
    problem,
    needsEngine,
    signature: signature && { inputs: signature.inputs, outputs: signature.outputs },
  };
}
