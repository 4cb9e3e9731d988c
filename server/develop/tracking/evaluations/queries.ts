import { and, asc, eq, sql } from "drizzle-orm";
import { evaluationRecords } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Page } from "../contract.ts";
import { decodePageToken, encodePageToken } from "../search/page-token.ts";
import type { EvaluationDataset, EvaluationRecord } from "./contract.ts";
import { loadDatasets } from "./load-datasets.ts";
import { noDataset } from "./rows.ts";

/** Returns an evaluation dataset. @throws DomainError "not-found" */
export async function getEvaluationDataset(ctx: Context, id: string): Promise<EvaluationDataset> {
  permit(ctx, "getEvaluationDataset");
  const [dataset] = await loadDatasets(ctx, [id]);
  if (!dataset) throw noDataset(id);
  return dataset;
}

/** Records of an evaluation dataset, oldest first, a page at a time. @throws DomainError "not-found", or "invalid" for a page token. */
export async function listEvaluationRecords(
  ctx: Context,
  { id, limit, pageToken }: { id: string; limit: number; pageToken?: string | undefined },
): Promise<Page<EvaluationRecord>> {
  permit(ctx, "listEvaluationRecords");
  const [dataset] = await loadDatasets(ctx, [id]);
  if (!dataset) throw noDataset(id);
  const after = decodePageToken(pageToken, [id], ["number", "text"]);
  const rows = await ctx.db
    .select()
    .from(evaluationRecords)
    .where(
      and(
        eq(evaluationRecords.workspaceId, ctx.actor.workspaceId),
        eq(evaluationRecords.datasetId, id),
        after ? sql`(${evaluationRecords.createdAt}, ${evaluationRecords.id}) > (${after[0]}, ${after[1]})` : undefined,
      ),
    )
    .orderBy(asc(evaluationRecords.createdAt), asc(evaluationRecords.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit).map(({ workspaceId: _, inputHash: __, ...row }) => row);
  const last = page.at(-1);
  const more = rows.length > limit && last;
  return { rows: page, nextPageToken: more ? encodePageToken([id], [last.createdAt, last.id]) : undefined };
}
