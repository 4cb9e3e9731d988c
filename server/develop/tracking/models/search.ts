import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Page } from "../contract.ts";
import { compileFilter, runSearch } from "../search/compile.ts";
import { decodePageToken, encodePageToken } from "../search/page-token.ts";
import { parseFilter } from "../search/parse-filter.ts";
import { afterSql, orderSql, type SortColumn, sortBy, sortValuesOf, sortValuesSql } from "../search/sort.ts";
import type { LoggedModel } from "./contract.ts";
import { loadLoggedModels } from "./queries.ts";
import { loggedModelColumn, loggedModelSource, loggedModelVocabulary, withStatusNames } from "./vocabulary.ts";

export interface DatasetName {
  name: string;
  /** Any when left out. */
  digest?: string | undefined;
}

export interface LoggedModelSearch {
  experimentIds: readonly number[];
  filter?: string | undefined;
  /** Models with a metric on one of these; metrics in the filter are then those on them. */
  datasets?: readonly DatasetName[];
  /** A field is an attribute, or "metrics." and a key: its latest point, perhaps on one dataset. */
  orderBy?: readonly { field: string; isAscending: boolean; dataset?: DatasetName | undefined }[];
  limit: number;
  pageToken?: string | undefined;
}

/** Returns logged models that are not deleted and match a filter, newest first unless ordered otherwise. @throws DomainError "invalid" */
export async function searchLoggedModels(ctx: Context, search: LoggedModelSearch): Promise<Page<LoggedModel>> {
  permit(ctx, "searchLoggedModels");
  const { experimentIds, filter = "", datasets = [], orderBy = [], limit, pageToken } = search;
  const columns = columnsOf(orderBy);
  const query = [experimentIds, filter, datasets, orderBy];
  const kinds = columns.map(({ kind }) => kind);
  const after = decodePageToken(pageToken, query, kinds);
  const ofDatasets = datasets.length > 0 ? isOneOf(datasets) : undefined;
  const parsed = parseFilter(filter, loggedModelVocabulary);
  const rows = await runSearch<Record<string, unknown> & { id: string }>(
    ctx,
    filter,
    sql`
      select model.id, ${sortValuesSql(columns)} from logged_models model
      where model.workspace_id = ${ctx.actor.workspaceId} and model.deleted_at is null
        and model.experiment_id = any(${sql.param([...experimentIds])}::bigint[])
      ${parsed ? sql`and ${compileFilter(withStatusNames(parsed), loggedModelSource(ofDatasets))}` : sql``}
      ${ofDatasets ? sql`and exists (select from logged_model_metrics entry where entry.model_id = model.id and ${ofDatasets})` : sql``}
      ${after ? sql`and ${afterSql(columns, after)}` : sql``}
      order by ${orderSql(columns)} limit ${limit + 1}`,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: await loadLoggedModels(
      ctx,
      page.map(({ id }) => id),
    ),
    nextPageToken: rows.length > limit && last ? encodePageToken(query, sortValuesOf(last, columns)) : undefined,
  };
}

function isOneOf(datasets: readonly DatasetName[]): SQL {
  const tests = datasets.map(({ name, digest }) =>
    digest
      ? sql`(entry.dataset_name = ${name} and entry.dataset_digest = ${digest})`
      : sql`entry.dataset_name = ${name}`,
  );
  return sql`(${sql.join(tests, sql` or `)})`;
}

function columnsOf(orderBy: NonNullable<LoggedModelSearch["orderBy"]>): SortColumn[] {
  const sortTerms = orderBy.flatMap(({ field, isAscending, dataset }) => {
    const column = loggedModelColumn(field);
    if (column) return sortBy(column.value, column.type, !isAscending);
    return sortBy(latestMetric(field, dataset), "double", !isAscending);
  });
  return [
    ...sortTerms,
    { value: sql`model.created_at`, kind: "number", isDescending: true },
    { value: sql`model.id collate "C"`, kind: "text", isDescending: false },
  ];
}

function latestMetric(field: string, dataset: DatasetName | undefined): SQL {
  const key = /^metrics\.(.+)$/s.exec(field)?.[1];
  if (key === undefined) {
    const hint = field.includes(".") ? ". Only metrics are supported." : "";
    throw new DomainError("invalid", `Invalid order by field name: ${field}${hint}`);
  }
  return sql`(select entry.value from logged_model_metrics entry
    where entry.model_id = model.id and entry.key = ${key} ${dataset ? sql`and ${isOneOf([dataset])}` : sql``}
    order by entry.timestamp desc, entry.step desc limit 1)`;
}
