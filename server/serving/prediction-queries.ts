import { and, desc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import { modelVersions, predictionLabels, predictions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import { permit } from "#server/identity/permit.ts";
import type { LoggedTensor, Prediction } from "./contract.ts";
import { ListPredictions } from "./input-contract.ts";

/**
 * Logged requests of an endpoint, newest first, with the label that was reported later.
 * @returns `next`, the cursor of the following page; undefined at the end.
 */
export async function listPredictions(
  ctx: Context,
  input: ListPredictions,
): Promise<{ predictions: Prediction[]; next?: string }> {
  permit(ctx, "listPredictions");
  const { endpointId, from, to, versionId, failed, requestId, id, limit, cursor } = ListPredictions.parse(input);
  const rows = await ctx.db
    .select({
      prediction: predictions,
      modelName: registeredModels.name,
      version: modelVersions.version,
      label: predictionLabels.label,
      labelObservedAt: predictionLabels.observedAt,
    })
    .from(predictions)
    .leftJoin(modelVersions, eq(modelVersions.id, predictions.versionId))
    .leftJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .leftJoin(
      predictionLabels,
      and(
        eq(predictionLabels.endpointId, predictions.endpointId),
        eq(predictionLabels.requestId, predictions.requestId),
      ),
    )
    .where(
      and(
        eq(predictions.workspaceId, ctx.actor.workspaceId),
        eq(predictions.endpointId, endpointId),
        from ? gte(predictions.at, from) : undefined,
        to ? lt(predictions.at, to) : undefined,
        versionId ? eq(predictions.versionId, versionId) : undefined,
        failed ? gte(predictions.status, 400) : undefined,
        requestId === undefined ? undefined : eq(predictions.requestId, requestId),
        id === undefined ? undefined : eq(predictions.id, id),
        cursor === undefined ? undefined : before(cursor),
      ),
    )
    .orderBy(desc(predictions.at), desc(predictions.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit).map(({ prediction, ...rest }) => {
    const { workspaceId, endpointId: _, inputs, outputs, ...row } = prediction;
    return { ...row, ...rest, inputs: inputs as LoggedTensor[] | null, outputs: outputs as LoggedTensor[] | null };
  });
  const last = page.at(-1);
  if (rows.length <= limit || !last) return { predictions: page };
  return { predictions: page, next: `${last.at.toISOString()}_${last.id}` };
}

/** Times are kept in milliseconds, so a cursor names a row's place exactly. */
function before(cursor: string): SQL {
  const [, at, id] = /^([0-9TZ:.-]{20,30})_([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (!at || !id) throw new DomainError("invalid", 'The cursor is not one that a list gave as "next".');
  return sql`(${predictions.at}, ${predictions.id}) < (${at}::timestamptz, ${id}::uuid)`;
}
