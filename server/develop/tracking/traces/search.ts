import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Page } from "../contract.ts";
import { compileFilter, runSearch } from "../search/compile.ts";
import { parseOrder } from "../search/order-by.ts";
import { decodePageToken, encodePageToken } from "../search/page-token.ts";
import { parseFilter } from "../search/parse-filter.ts";
import { afterSql, orderSql, type SortColumn, sortBy, sortValuesOf, sortValuesSql } from "../search/sort.ts";
import type { TraceInfo } from "./contract.ts";
import { loadTraces } from "./load-traces.ts";
import { traceColumn, traceOrderVocabulary, traceSource, traceVocabulary } from "./vocabulary.ts";

export interface TraceSearch {
  experimentIds: readonly number[];
  filter?: string | undefined;
  orderBy?: readonly string[] | undefined;
  limit: number;
  pageToken?: string | undefined;
}

/** Traces that satisfy a filter, newest first unless ordered otherwise. @throws DomainError "invalid" */
export async function searchTraces(ctx: Context, search: TraceSearch): Promise<Page<TraceInfo>> {
  permit(ctx, "searchTraces");
  const { experimentIds, filter = "", orderBy = [], limit, pageToken } = search;
  const columns = columnsOf(orderBy);
  const query = [experimentIds, filter, orderBy];
  const kinds = columns.map(({ kind }) => kind);
  const after = decodePageToken(pageToken, query, kinds);
  const parsed = parseFilter(filter, traceVocabulary);
  const rows = await runSearch<Record<string, unknown> & { id: string }>(
    ctx,
    filter,
    sql`
      select traces.id, ${sortValuesSql(columns)} from traces
      where traces.workspace_id = ${ctx.actor.workspaceId}
        and traces.experiment_id = any(${sql.param([...experimentIds])}::bigint[])
      ${parsed ? sql`and ${compileFilter(parsed, traceSource)}` : sql``}
      ${after ? sql`and ${afterSql(columns, after)}` : sql``}
      order by ${orderSql(columns)} limit ${limit + 1}`,
  );
  const ids = rows.slice(0, limit).map(({ id }) => id);
  const last = rows[limit - 1];
  return {
    rows: await loadTraces(ctx, ids),
    nextPageToken: rows.length > limit && last ? encodePageToken(query, sortValuesOf(last, columns)) : undefined,
  };
}

function columnsOf(orderBy: readonly string[]): SortColumn[] {
  const sortTerms = parseOrder(orderBy, traceOrderVocabulary).flatMap(({ subject, isDescending }) => {
    const { value, type } = traceColumn(subject.key);
    return sortBy(value, type, isDescending);
  });
  return [
    ...sortTerms,
    { value: sql`traces.started_at`, kind: "number", isDescending: true },
    { value: sql`traces.id collate "C"`, kind: "text", isDescending: false },
  ];
}
