import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/context.ts";
import type { Page, ViewType } from "../contract.ts";
import { compileFilter, runSearch } from "../search/compile.ts";
import { type OrderKey, parseOrder } from "../search/order-by.ts";
import { decodePageToken, encodePageToken } from "../search/page-token.ts";
import { parseFilter } from "../search/parse-filter.ts";
import {
  afterSql,
  orderSql,
  type SortColumn,
  sortBy,
  sortByNumber,
  sortValuesOf,
  sortValuesSql,
} from "../search/sort.ts";
import type { GroupOfRuns } from "../tables/contract.ts";
import { groupCondition } from "../tables/group-subject.ts";
import { runColumn, runOrderVocabulary, runSource, runVocabulary } from "./vocabulary.ts";

export interface RunSearch {
  experimentIds: readonly number[];
  filter?: string | undefined;
  viewType?: ViewType | undefined;
  orderBy?: readonly string[] | undefined;
  /** Params are ordered by the numbers they say. Without, by their bytes, as MLflow's clients expect. */
  numericParams?: boolean | undefined;
  /** Those of one group only. */
  group?: GroupOfRuns | undefined;
}

/** Ids of the runs of one page, in order. Always at the end of the order: newest first, then by id. */
export async function findRunIds(
  ctx: Context,
  search: RunSearch & { limit: number; pageToken?: string | undefined; offset?: number },
): Promise<Page<string>> {
  const { experimentIds, filter = "", viewType = "ACTIVE_ONLY", orderBy = [], limit, pageToken, offset = 0 } = search;
  const { joins, columns } = orderOf(parseOrder(orderBy, runOrderVocabulary), search.numericParams ?? false);
  const query = [
    experimentIds,
    filter,
    viewType,
    orderBy,
    ...(search.numericParams ? ["numeric"] : []),
    ...(search.group ? [search.group] : []),
  ];
  const kinds = columns.map(({ kind }) => kind);
  const after = decodePageToken(pageToken, query, kinds);
  const condition = runCondition(ctx, search);
  if (!condition) return { rows: [], nextPageToken: undefined };
  const rows = await runSearch<Record<string, unknown> & { id: string }>(
    ctx,
    filter,
    sql`
      select runs.id, ${sortValuesSql(columns)} from runs ${joins}
      where ${condition} ${after ? sql`and ${afterSql(columns, after)}` : sql``}
      order by ${orderSql(columns)} limit ${limit + 1} offset ${offset}`,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextPageToken = rows.length > limit && last ? encodePageToken(query, sortValuesOf(last, columns)) : undefined;
  return { rows: page.map(({ id }) => id), nextPageToken };
}

/** How many runs a search finds. */
export async function countRuns(ctx: Context, search: RunSearch): Promise<number> {
  const condition = runCondition(ctx, search);
  if (!condition) return 0;
  const rows = await runSearch<{ count: number }>(
    ctx,
    search.filter ?? "",
    sql`select count(*) from runs where ${condition}`,
  );
  return rows[0]?.count ?? 0;
}

/** The condition that a run is found; undefined when none can be. @throws DomainError "invalid" for a filter that cannot be read. */
export function runCondition(
  ctx: Context,
  { experimentIds, filter = "", viewType = "ACTIVE_ONLY", group }: RunSearch,
): SQL | undefined {
  const parsed = parseFilter(filter, runVocabulary);
  if (experimentIds.length === 0) return undefined;
  const stage = {
    ACTIVE_ONLY: sql` and runs.deleted_at is null`,
    DELETED_ONLY: sql` and runs.deleted_at is not null`,
    ALL: sql``,
  }[viewType];
  return sql`runs.workspace_id = ${ctx.actor.workspaceId}
    and runs.experiment_id = any(${sql.param([...experimentIds])}::bigint[])${stage}
    ${parsed ? sql`and ${compileFilter(parsed, runSource)}` : sql``} ${group ? sql`and ${groupCondition(group)}` : sql``}`;
}

function orderOf(keys: OrderKey[], numericParams: boolean): { joins: SQL; columns: SortColumn[] } {
  const joins: SQL[] = [];
  const columns = keys.flatMap(({ subject, isDescending }, index) => {
    if (subject.entity === "attribute") {
      const { value, type } = runColumn(subject.key);
      return sortBy(value, type, isDescending);
    }
    const table = { metric: "metric_series", parameter: "run_params", tag: "run_tags" }[subject.entity] ?? "";
    const alias = sql.identifier(`order${index}`);
    joins.push(
      sql`left join ${sql.identifier(table)} ${alias} on ${alias}.run_id = runs.id and ${alias}.key = ${subject.key}`,
    );
    if (subject.entity === "parameter" && numericParams) return sortByNumber(sql`${alias}.value`, isDescending);
    return sortBy(sql`${alias}.value`, subject.entity === "metric" ? "double" : "text", isDescending);
  });
  const last: SortColumn[] = [
    { value: sql`runs.started_at`, kind: "number", isDescending: true },
    { value: sql`runs.id collate "C"`, kind: "text", isDescending: false },
  ];
  return { joins: sql.join(joins, sql` `), columns: [...columns, ...last] };
}
