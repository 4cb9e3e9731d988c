import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Page } from "../contract.ts";
import { compileFilter, runSearch } from "../search/compile.ts";
import { parseOrder } from "../search/order-by.ts";
import { decodePageToken, encodePageToken } from "../search/page-token.ts";
import { parseFilter } from "../search/parse-filter.ts";
import { afterSql, orderSql, type SortColumn, sortBy, sortValuesOf, sortValuesSql } from "../search/sort.ts";
import type { EvaluationDataset } from "./contract.ts";
import { loadDatasets } from "./load-datasets.ts";
import { evaluationColumn, evaluationOrderVocabulary, evaluationSource, evaluationVocabulary } from "./vocabulary.ts";

interface EvaluationSearch {
  /** Restricts the search to datasets of any of these experiments; empty means all. */
  experimentIds: readonly number[];
  filter?: string | undefined;
  orderBy?: readonly string[] | undefined;
  limit: number;
  pageToken?: string | undefined;
}

/** Returns evaluation datasets that match a filter, newest first unless ordered otherwise. @throws DomainError "invalid" */
export async function searchEvaluationDatasets(
  ctx: Context,
  search: EvaluationSearch,
): Promise<Page<EvaluationDataset>> {
  permit(ctx, "searchEvaluationDatasets");
  const { experimentIds, filter = "", orderBy = [], limit, pageToken } = search;
  const columns = columnsOf(orderBy);
  const query = [experimentIds, filter, orderBy];
  const kinds = columns.map(({ kind }) => kind);
  const after = decodePageToken(pageToken, query, kinds);
  const parsed = parseFilter(filter, evaluationVocabulary);
  const ids = sql.param([...experimentIds]);
  const rows = await runSearch<Record<string, unknown> & { id: string }>(
    ctx,
    filter,
    sql`
      select dataset.id, ${sortValuesSql(columns)} from evaluation_datasets dataset
      where dataset.workspace_id = ${ctx.actor.workspaceId}
      ${experimentIds.length > 0 ? sql`and dataset.experiment_ids && ${ids}::bigint[]` : sql``}
      ${parsed ? sql`and ${compileFilter(parsed, evaluationSource)}` : sql``}
      ${after ? sql`and ${afterSql(columns, after)}` : sql``}
      order by ${orderSql(columns)} limit ${limit + 1}`,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last;
  return {
    rows: await loadDatasets(
      ctx,
      page.map(({ id }) => id),
    ),
    nextPageToken: more ? encodePageToken(query, sortValuesOf(last, columns)) : undefined,
  };
}

function columnsOf(orderBy: readonly string[]): SortColumn[] {
  const sortTerms = parseOrder(orderBy, evaluationOrderVocabulary).flatMap(({ subject, isDescending }) => {
    const { value, type } = evaluationColumn(subject.key);
    return sortBy(value, type, isDescending);
  });
  return [
    ...sortTerms,
    { value: sql`dataset.created_at`, kind: "number", isDescending: true },
    { value: sql`dataset.id collate "C"`, kind: "text", isDescending: false },
  ];
}
