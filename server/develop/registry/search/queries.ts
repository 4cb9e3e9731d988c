import { type SQL, sql } from "drizzle-orm";
import { modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Page } from "#server/develop/tracking/contract.ts";
import { compileFilter, runSearch } from "#server/develop/tracking/search/compile.ts";
import { type OrderKey, parseOrder } from "#server/develop/tracking/search/order-by.ts";
import { decodePageToken, encodePageToken } from "#server/develop/tracking/search/page-token.ts";
import { parseFilter } from "#server/develop/tracking/search/parse-filter.ts";
import {
  afterSql,
  orderSql,
  type SortColumn,
  sortBy,
  sortValuesOf,
  sortValuesSql,
} from "#server/develop/tracking/search/sort.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { among } from "../among.ts";
import type { RegisteredModel } from "../models/contract.ts";
import { selectModels } from "../models/rows.ts";
import type { ModelVersion } from "../versions/contract.ts";
import { selectVersions } from "../versions/rows.ts";
import { SearchRegistry } from "./contract.ts";
import {
  clausesOf,
  columnOf,
  modelSearch,
  promptTag,
  type SearchVocabulary,
  sourceOf,
  versionSearch,
} from "./vocabulary.ts";

/**
 * Searches registered models with a filter in MLflow's syntax, ordered by name unless another order is requested. Excludes prompts
 * unless the filter refers to them.
 * @throws DomainError "invalid" for a filter, order or token that cannot be parsed.
 */
export async function searchRegisteredModels(ctx: Context, input: SearchRegistry): Promise<Page<RegisteredModel>> {
  permit(ctx, "searchRegisteredModels");
  const from = sql`registered_models model where model.workspace_id = ${ctx.actor.workspaceId}`;
  const search = SearchRegistry.parse(input);
  const { rows: ids, nextPageToken } = await findIds(ctx, search, modelSearch, sql`model.id`, from, [byName]);
  const models = await selectModels(ctx, { where: among(registeredModels.id, ids), orderBy: [], limit: ids.length });
  return { rows: inOrder(ids, models), nextPageToken };
}

/**
 * Searches versions of all models with a filter in MLflow's syntax, last updated first unless another order is requested.
 * Excludes versions of prompts unless the filter refers to them.
 * @throws DomainError "invalid" for a filter, order or token that cannot be parsed.
 */
export async function searchModelVersions(ctx: Context, input: SearchRegistry): Promise<Page<ModelVersion>> {
  permit(ctx, "searchModelVersions");
  const from = sql`model_versions version join registered_models model on model.id = version.model_id
    where version.workspace_id = ${ctx.actor.workspaceId}`;
  const search = SearchRegistry.parse(input);
  const lastUpdatedFirst = { value: sql`version.updated_at`, kind: "number", isDescending: true } as const;
  const order = [...(search.orderBy.length === 0 ? [lastUpdatedFirst] : []), byName, newestFirst];
  const { rows: ids, nextPageToken } = await findIds(ctx, search, versionSearch, sql`version.id`, from, order);
  const versions = await selectVersions(ctx, { where: among(modelVersions.id, ids), orderBy: [], limit: ids.length });
  return { rows: inOrder(ids, versions), nextPageToken };
}

const byName: SortColumn = { value: sql`model.name collate "C"`, kind: "text", isDescending: false };
const newestFirst: SortColumn = { value: sql`version.version`, kind: "number", isDescending: true };

/** Returns the ids of one page, in order. */
async function findIds(
  ctx: Context,
  { filter, orderBy, limit, pageToken }: Required<SearchRegistry>,
  vocabulary: SearchVocabulary,
  id: SQL,
  from: SQL,
  lastOrder: SortColumn[],
): Promise<Page<string>> {
  const columns = [
    ...parseOrder(orderBy, vocabulary.order).flatMap((key) => sortColumns(key, vocabulary)),
    ...lastOrder,
  ];
  const query = [filter, orderBy];
  const after = decodePageToken(
    pageToken,
    query,
    columns.map(({ kind }) => kind),
  );
  const rows = await runSearch<Record<string, unknown> & { id: string }>(
    ctx,
    filter,
    sql`
      select ${id} as id, ${sortValuesSql(columns)} from ${from} and ${conditionOf(filter, vocabulary)}
      ${after ? sql`and ${afterSql(columns, after)}` : sql``}
      order by ${orderSql(columns)} limit ${limit + 1}`,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map((row) => row.id),
    nextPageToken: rows.length > limit && last ? encodePageToken(query, sortValuesOf(last, columns)) : undefined,
  };
}

function conditionOf(text: string, vocabulary: SearchVocabulary): SQL {
  const filter = parseFilter(text, vocabulary.filter);
  const isPrompt = sql`exists (select from ${vocabulary.tags} and tag.key = ${promptTag} and tag.value = 'true')`;
  if (!filter) return sql`not ${isPrompt}`;
  const condition = compileFilter(filter, (subject) => sourceOf(vocabulary, subject));
  const isAboutPrompts = clausesOf(filter).some(({ subject }) => subject.entity === "tag" && subject.key === promptTag);
  return isAboutPrompts ? condition : sql`(${condition} and not ${isPrompt})`;
}

function sortColumns({ subject, isDescending }: OrderKey, vocabulary: SearchVocabulary): SortColumn[] {
  const { value, type } = columnOf(vocabulary, subject.key);
  return sortBy(value, type, isDescending);
}

function inOrder<Row extends { id: string }>(ids: string[], rows: Row[]): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
