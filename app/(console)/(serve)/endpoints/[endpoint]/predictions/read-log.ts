import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { getCapture } from "#server/serve/capture/capture-queries.ts";
import type { EndpointDetails } from "#server/serve/endpoints/contract.ts";
import { getLabelCounts } from "#server/serve/labels/label-queries.ts";
import { listPredictions } from "#server/serve/predictions/queries.ts";
import { parsePredictionQuery } from "#server/serve/predictions/query.ts";

const pageRows = 50;

/** Reads the requested page of the log; ignores a query with a mistake. */
export async function readLog(ctx: Context, { id: endpointId, history }: EndpointDetails, q: string, cursor: unknown) {
  const { query, problem } = parsePredictionQuery(q, new Date());
  const { version, ...filter } = query ?? {};
  const versionId = history.find((deployment) => deployment.version === version)?.versionId;
  const labels = await getLabelCounts(ctx, { endpointId });
  const capture = await getCapture(ctx, { endpointId });
  if (version !== undefined && !versionId) {
    const message = `Version ${version} was never deployed here.`;
    return { predictions: [], labels, capture, problem: { message, from: 0, to: q.length } };
  }
  const page = await listPredictions(ctx, {
    endpointId,
    ...filter,
    versionId,
    limit: pageRows,
    tensors: "small" as const,
    ...(typeof cursor === "string" && { cursor }),
  }).catch((error: unknown) => {
    // An old address may hold a cursor that is none.
    if (error instanceof DomainError && error.code === "invalid") return { predictions: [] };
    throw error;
  });
  return { ...page, problem, labels, capture };
}
