import { and, desc, eq, sql } from "drizzle-orm";
import { experiments, experimentTags } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Page, ViewType } from "../contract.ts";
import { requireOwnExperiment } from "../runs/own-run.ts";
import { contextTag } from "../runs/tags.ts";
import { compileFilter, runSearch } from "../search/compile.ts";
import { parseOrder } from "../search/order-by.ts";
import { decodePageToken, encodePageToken } from "../search/page-token.ts";
import { parseFilter } from "../search/parse-filter.ts";
import { afterSql, orderSql, type SortColumn, sortBy, sortValuesOf, sortValuesSql } from "../search/sort.ts";
import type { DatasetSummary, Experiment } from "./contract.ts";
import { noExperiment } from "./lock-experiment.ts";
import {
  experimentOrderVocabulary,
  experimentSortColumn,
  experimentSource,
  experimentVocabulary,
} from "./vocabulary.ts";

const maxDatasets = 1000;

/** Returns an experiment, even if it is deleted. @throws DomainError "not-found" */
export async function getExperiment(ctx: Context, experimentId: number): Promise<Experiment> {
  permit(ctx, "getExperiment");
  await requireOwnExperiment(ctx, experimentId);
  const [experiment] = await loadExperiments(ctx, [experimentId]);
  if (!experiment) throw noExperiment(experimentId);
  return experiment;
}

/** Returns the active experiment with a name; if there is none, the most recently deleted one. @throws DomainError "not-found" */
export async function getExperimentByName(ctx: Context, name: string): Promise<Experiment> {
  permit(ctx, "getExperimentByName");
  const [found] = await ctx.db
    .select({ id: experiments.id })
    .from(experiments)
    .where(and(eq(experiments.workspaceId, ctx.actor.workspaceId), eq(experiments.name, name)))
    .orderBy(sql`${experiments.deletedAt} is not null`, desc(experiments.deletedAt))
    .limit(1);
  if (found) await requireOwnExperiment(ctx, found.id);
  const [experiment] = found ? await loadExperiments(ctx, [found.id]) : [];
  if (!experiment) throw new DomainError("not-found", `Could not find experiment with name '${name}'`);
  return experiment;
}

export interface ExperimentSearch {
  filter?: string | undefined;
  viewType?: ViewType | undefined;
  orderBy?: readonly string[] | undefined;
  limit: number;
  pageToken?: string | undefined;
}

/** Experiments that satisfy a filter, a page at a time; newest first unless ordered otherwise. @throws DomainError "invalid" */
export async function searchExperiments(ctx: Context, search: ExperimentSearch): Promise<Page<Experiment>> {
  permit(ctx, "searchExperiments");
  const { filter = "", viewType = "ACTIVE_ONLY", orderBy = [], limit, pageToken } = search;
  const columns = columnsOf(orderBy);
  const query = [filter, viewType, orderBy];
  const kinds = columns.map(({ kind }) => kind);
  const after = decodePageToken(pageToken, query, kinds);
  const parsed = parseFilter(filter, experimentVocabulary);
  const stage = {
    ACTIVE_ONLY: sql` and experiments.deleted_at is null`,
    DELETED_ONLY: sql` and experiments.deleted_at is not null`,
    ALL: sql``,
  }[viewType];
  const rows = await runSearch<Record<string, unknown> & { id: number }>(
    ctx,
    filter,
    sql`
      select experiments.id, ${sortValuesSql(columns)} from experiments
      where experiments.workspace_id = ${ctx.actor.workspaceId}${stage}
      ${parsed ? sql`and ${compileFilter(parsed, experimentSource)}` : sql``}
      ${after ? sql`and ${afterSql(columns, after)}` : sql``}
      order by ${orderSql(columns)} limit ${limit + 1}`,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: await loadExperiments(
      ctx,
      page.map(({ id }) => id),
    ),
    nextPageToken: rows.length > limit && last ? encodePageToken(query, sortValuesOf(last, columns)) : undefined,
  };
}

function columnsOf(orderBy: readonly string[]): SortColumn[] {
  const id = sql`experiments.id`;
  if (orderBy.length === 0) {
    return [
      { value: sql`experiments.created_at`, kind: "number", isDescending: true },
      { value: id, kind: "number", isDescending: false },
    ];
  }
  const keys = parseOrder(orderBy, experimentOrderVocabulary);
  const sortTerms = keys.flatMap(({ subject, isDescending }) => {
    const { value, type } = experimentSortColumn(subject.key);
    return sortBy(value, type, isDescending);
  });
  return [...sortTerms, { value: id, kind: "number", isDescending: true }];
}

/** Experiments of the caller's workspace with their tags, in the order of their ids. */
async function loadExperiments(ctx: Context, ids: readonly number[]): Promise<Experiment[]> {
  if (ids.length === 0) return [];
  const { workspaceId } = ctx.actor;
  const list = sql.param([...ids]);
  const rows = await ctx.db
    .select()
    .from(experiments)
    .where(and(eq(experiments.workspaceId, workspaceId), sql`${experiments.id} = any(${list}::bigint[])`));
  const tags = await ctx.db
    .select()
    .from(experimentTags)
    .where(
      and(eq(experimentTags.workspaceId, workspaceId), sql`${experimentTags.experimentId} = any(${list}::bigint[])`),
    );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const tagsById = Map.groupBy(tags, ({ experimentId }) => experimentId);
  return ids.flatMap((id) => {
    const row = byId.get(id);
    if (!row) return [];
    const { workspaceId: _, deletedAt, ...rest } = row;
    const own = (tagsById.get(id) ?? []).map(({ key, value }) => ({ key, value }));
    return { ...rest, isDeleted: deletedAt !== null, tags: own };
  });
}

/** Lists the datasets that the active runs of some experiments used, with their contexts; at most 1,000. */
export async function searchDatasets(ctx: Context, experimentIds: readonly number[]): Promise<DatasetSummary[]> {
  permit(ctx, "searchDatasets");
  const { rows } = await ctx.db.execute<{
    experiment_id: number;
    name: string;
    digest: string;
    context: string | null;
  }>(
    sql`
    select distinct dataset.experiment_id, dataset.name, dataset.digest, tag ->> 'value' as context
    from datasets dataset
    join run_datasets used on used.dataset_id = dataset.id
    join runs on runs.id = used.run_id and runs.deleted_at is null
    left join json_array_elements(used.tags::json) tag on tag ->> 'key' = ${contextTag}
    where dataset.workspace_id = ${ctx.actor.workspaceId}
      and dataset.experiment_id = any(${sql.param([...experimentIds])}::bigint[])
    order by 1, 2, 3, 4 limit ${maxDatasets}`,
  );
  return rows.map((row) => ({
    experimentId: row.experiment_id,
    name: row.name,
    digest: row.digest,
    context: row.context ?? undefined,
  }));
}
