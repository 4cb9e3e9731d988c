import { runtime } from "#app/_lib/context.ts";
import { predictionHref } from "#components/serve/endpoints/addresses.ts";
import type { Signatures } from "#components/serve/predictions/predictions-table.tsx";
import type { ReplayChoice } from "#components/serve/predictions/replay-panel.tsx";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { getVersion, listVersions } from "#server/develop/registry/versions/queries.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import type { Prediction } from "#server/serve/predictions/contract.ts";
import { getPrediction } from "#server/serve/predictions/queries.ts";

const maxVersions = 50;

/** Reads a prediction of an endpoint, and the versions that can replay it. @throws DomainError "not-found" */
export async function readPrediction(ctx: Context, endpoint: string, id: string) {
  const { id: endpointId } = await getEndpoint(ctx, { name: endpoint });
  const missing = new DomainError("not-found", `No such prediction in the log of "${endpoint}".`);
  const prediction = await getPrediction(ctx, { id }).catch((error: unknown) => {
    throw error instanceof Error && error.name === "ZodError" ? missing : error;
  });
  if (prediction.endpointId !== endpointId) throw missing;
  return {
    prediction,
    signature: await signatureOf(ctx, prediction),
    choices: await choicesOf(ctx, prediction),
    address: new URL(predictionHref(endpoint, id), runtime().config.publicUrl).href,
  };
}

async function signatureOf(ctx: Context, { modelName, version }: Prediction): Promise<Signatures[string] | undefined> {
  if (!modelName || version === null) return undefined;
  return (await getVersion(ctx, { name: modelName, version })).signature ?? undefined;
}

/** Lists the servable versions of the same model, newest first. */
async function choicesOf(ctx: Context, { modelName, versionId }: Prediction): Promise<ReplayChoice[]> {
  if (!modelName) return [];
  const versions = await listVersions(ctx, { name: modelName, limit: maxVersions });
  return versions
    .filter(({ inspection }) => inspection === "servable")
    .map(({ id, version }) => ({ versionId: id, version, isSame: id === versionId }));
}
