import { and, desc, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { gameDays, modelVersions, predictionLabels, predictions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { CascadeStep } from "../cascade/contract.ts";
import { findEndpointById, permitEndpointById } from "../endpoints/lookups.ts";
import type { ServedFeatures } from "../features/contract.ts";
import type { LoggedTensor } from "../protocol/contract.ts";
import { GetPrediction, type LatencyParts, ListPredictions, type Prediction } from "./contract.ts";
import { isCorrect, predictionFilter } from "./filter.ts";

/** Stored bytes of the tensors of one record that a list shows. */
const smallBytes = 8192;

/**
 * Lists logged requests of an endpoint, newest first, with the label that was reported later.
 * @returns `next`, the cursor of the following page; undefined at the end.
 */
export async function listPredictions(
  ctx: Context,
  input: ListPredictions,
): Promise<{ predictions: Prediction[]; next?: string }> {
  permit(ctx, "listPredictions");
  const filter = ListPredictions.parse(input);
  await permitEndpointById(ctx, filter.endpointId);
  const { limit, tensors } = filter;
  const rows = await read(ctx, predictionFilter(filter), { tensors, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  if (rows.length <= limit || !last) return { predictions: page };
  return { predictions: page, next: `${last.at.toISOString()}_${last.id}` };
}

/**
 * Returns one logged request of this workspace, with everything that was stored of it.
 * @throws DomainError "not-found", also after its retention
 */
export async function getPrediction(ctx: Context, input: GetPrediction): Promise<Prediction> {
  permit(ctx, "getPrediction");
  return loadPrediction(ctx, GetPrediction.parse(input));
}

/** Returns the logged request; the caller has checked permissions. @throws DomainError "not-found" */
export async function loadPrediction(ctx: Context, { id, endpointId }: GetPrediction): Promise<Prediction> {
  const [prediction] = await read(ctx, eq(predictions.id, id), { tensors: "all", limit: 1 });
  if (!prediction || (endpointId !== undefined && prediction.endpointId !== endpointId)) {
    throw new DomainError("not-found", "Prediction not found. It may be older than the endpoint's log retention.");
  }
  // A token may be limited to other endpoints.
  await findEndpointById(ctx, prediction.endpointId);
  return prediction;
}

interface Reading {
  tensors: "all" | "small";
  limit: number;
}

async function read(ctx: Context, filter: SQL | undefined, { tensors, limit }: Reading): Promise<Prediction[]> {
  const {
    inputs,
    outputs,
    features,
    parts,
    cascade,
    workspaceId,
    outputIndex: _,
    gameDayId,
    ...columns
  } = getTableColumns(predictions);
  const shown = (column: PgColumn) => (tensors === "all" ? sql<unknown>`${column}` : withoutMany(column));
  const rows = await ctx.db
    .select({
      ...columns,
      parts: sql<LatencyParts | null>`${parts}`,
      cascade: sql<CascadeStep[] | null>`${cascade}`,
      features: tensors === "all" ? features : unlessMany(features),
      inputs: sql<LoggedTensor[] | null>`${shown(inputs)}`,
      outputs: sql<LoggedTensor[] | null>`${shown(outputs)}`,
      modelName: registeredModels.name,
      version: modelVersions.version,
      label: predictionLabels.label,
      labelObservedAt: predictionLabels.observedAt,
      labelSource: predictionLabels.source,
      labelSelection: predictionLabels.selection,
      isCorrect,
      gameDay: gameDays.number,
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
    .leftJoin(gameDays, and(eq(gameDays.id, gameDayId), eq(gameDays.workspaceId, workspaceId)))
    .where(and(eq(workspaceId, ctx.actor.workspaceId), filter))
    .orderBy(desc(predictions.at), desc(predictions.id))
    .limit(limit);
  return rows.map((row) => ({ ...row, cascade: row.cascade?.map(withOutputIndex) ?? null }));
}

/** A step that was logged before the first release has its former name of `outputIndex`; this can go a year after it, with the last of those. */
function withOutputIndex(step: CascadeStep & { answerIndex?: number | null }): CascadeStep {
  const { answerIndex = null, ...rest } = step;
  return "outputIndex" in step ? rest : { ...rest, outputIndex: answerIndex };
}

/** Returns what was looked up, unless it is large. */
function unlessMany(column: typeof predictions.features): SQL<ServedFeatures | null> {
  return sql`case when pg_column_size(${column}) <= ${smallBytes} then ${column} end`;
}

/** Returns the tensors, without their elements if these are large. */
function withoutMany(column: PgColumn): SQL<unknown> {
  return sql`case when pg_column_size(${column}) <= ${smallBytes} then ${column}
    else (select jsonb_agg(tensor - 'data') from jsonb_array_elements(${column}) as tensor) end`;
}
