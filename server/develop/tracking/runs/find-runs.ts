import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { Page, ViewType } from "../contract.ts";
import { compileFilter, runSearch, type Source } from "../search/compile.ts";
import type { Subject } from "../search/filter.ts";
import { parseOrder } from "../search/order-by.ts";
import { decodePageToken, encodePageToken } from "../search/page-token.ts";
import { parseFilter } from "../search/parse-filter.ts";
import { afterSql, orderSql, sortValuesOf, sortValuesSql } from "../search/sort.ts";
import type { GroupOfRuns } from "../tables/contract.ts";
import { groupCondition } from "../tables/group-subject.ts";
import { orderOf, type RunOrder } from "./order-runs.ts";
import { runOrderVocabulary, runSource, runSourceOfFew, runVocabulary } from "./vocabulary.ts";
import { walkMetric } from "./walk-metric.ts";

export interface RunSearch {
  experimentIds: readonly number[];
  filter?: string | undefined;
  viewType?: ViewType | undefined;
  orderBy?: readonly string[] | undefined;
  /** Params are ordered by the numbers they say. Without, by their bytes, as MLflow's clients expect. */
  numericParams?: boolean | undefined;
  /** Restricts the search to one group. */
  group?: GroupOfRuns | undefined;
}

export interface RunLocation {
  limit: number;
  /** `nextPageToken` of the page before, or `previousPageToken` of the page after. */
  pageToken?: string | undefined;
  /** Whether to read backwards: the token is that of the following page, and the runs before its first run are read. */
  isBackwards?: boolean | undefined;
  offset?: number;
}

/** Ids of the runs of a page. */
export interface FoundRuns extends Page<string> {
  previousPageToken: string | undefined;
  /** Returns the token of the page that begins after a run of this one. @param index its position */
  tokenAfter(index: number): string | undefined;
}

/** Returns the ids of the runs of one page, in order. The order always ends with: newest first, then by id. */
export async function findRunIds(ctx: Context, search: RunSearch & RunLocation): Promise<FoundRuns> {
  const { experimentIds, filter = "", viewType = "ACTIVE_ONLY", orderBy = [], limit, pageToken, offset = 0 } = search;
  const isBackwards = search.isBackwards ?? false;
  const turned = <Key extends { isDescending: boolean }>(each: Key): Key =>
    isBackwards ? { ...each, isDescending: !each.isDescending } : each;
  const keys = parseOrder(orderBy, runOrderVocabulary);
  const numericParams = search.numericParams ?? false;
  const order = orderOf(keys, numericParams);
  const columns = order.columns.map(turned);
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
  if (!condition)
    return { rows: [], nextPageToken: undefined, previousPageToken: undefined, tokenAfter: () => undefined };
  const read = (from: SQL, { joins, columns: forwards }: RunOrder, where: SQL) => {
    const columns = forwards.map(turned);
    return runSearch<Record<string, unknown> & { id: string }>(
      ctx,
      filter,
      sql`
      select runs.id, ${sortValuesSql(columns)} from ${from} ${joins}
      where ${where} ${after ? sql`and ${afterSql(columns, after)}` : sql``}
      order by ${orderSql(columns)} limit ${limit + 1} offset ${offset}`,
    );
  };
  const walk = walkMetric(ctx, keys.map(turned), offset + limit + 1, after);
  const walked = walk
    ? await read(
        walk.from,
        orderOf(keys, numericParams, true),
        sql`${runCondition(ctx, search, runSourceOfFew)} and ${walk.condition}`,
      )
    : [];
  const rows = walked.length > limit ? walked : await read(sql`runs`, order, condition);
  const page = isBackwards ? rows.slice(0, limit).toReversed() : rows.slice(0, limit);
  const tokenOf = (row: Record<string, unknown> | undefined) =>
    row && encodePageToken(query, sortValuesOf(row, columns));
  const hasMore = rows.length > limit;
  // A token, or rows that were skipped, mean that there are runs on the other side.
  const cameFrom = after !== undefined || offset > 0;
  return {
    rows: page.map(({ id }) => id),
    nextPageToken: (isBackwards ? cameFrom : hasMore) ? tokenOf(page.at(-1)) : undefined,
    previousPageToken: (isBackwards ? hasMore : cameFrom) ? tokenOf(page[0]) : undefined,
    tokenAfter: (index) => tokenOf(page[index]),
  };
}

/** Counts the runs that match a search. */
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

/** Returns the condition that a run matches; undefined if none can. @throws DomainError "invalid" for an invalid filter. */
export function runCondition(
  ctx: Context,
  { experimentIds, filter = "", viewType = "ACTIVE_ONLY", group }: RunSearch,
  source: (subject: Subject) => Source = (subject) => runSource(subject),
): SQL | undefined {
  const parsed = parseFilter(filter, runVocabulary);
  const [first, ...others] = experimentIds;
  if (first === undefined) return undefined;
  // An index gives the order for a single experiment, but not for a list.
  const ofExperiments =
    others.length === 0
      ? sql`runs.experiment_id = ${first}::bigint`
      : sql`runs.experiment_id = any(${sql.param([...experimentIds])}::bigint[])`;
  const stage = {
    ACTIVE_ONLY: sql` and runs.deleted_at is null`,
    DELETED_ONLY: sql` and runs.deleted_at is not null`,
    ALL: sql``,
  }[viewType];
  return sql`runs.workspace_id = ${ctx.actor.workspaceId}
    and ${ofExperiments}${stage}
    ${parsed ? sql`and ${compileFilter(parsed, source)}` : sql``} ${group ? sql`and ${groupCondition(group)}` : sql``}`;
}
