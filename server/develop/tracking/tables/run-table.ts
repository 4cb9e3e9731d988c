import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { listVersionsOfRuns } from "#server/develop/tracking/versions-of-runs.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { chooseHeadline, guessDirection } from "../headline.ts";
import { listRunFindings } from "../health/queries.ts";
import { findRunIds, type RunSearch } from "../runs/find-runs.ts";
import { loadRuns } from "../runs/load-runs.ts";
import { contextTag, userTag } from "../runs/tags.ts";
import { listRunColumns } from "./column-queries.ts";
import { type ColumnKind, defaultColumns, defaultSort, knownColumns, orderBy, partsOf } from "./columns.ts";
import type { GroupOfRuns, RunColumns, RunTable, RunTableRow } from "./contract.ts";
import { countFound } from "./count-found.ts";
import { listLastSteps, listNanStarts, listSmallCurves } from "./curve-queries.ts";
import { describeFailure, reasonTags } from "./failure.ts";

export interface RunTableQuestion {
  experimentId: number;
  /** In the filter language; "" is all. */
  filter: string;
  sort: RunTable["sort"] | undefined;
  /** Columns to show; the most informative ones if undefined. */
  columns: readonly string[] | undefined;
  /** Rows to skip; a look at a page far behind. */
  offset: number;
  /** `next` of the page before, instead of an offset: as fast on the last page as on the first. */
  after?: string | undefined;
  /** `previous` of the page after, as `after` for the way back. */
  before?: string | undefined;
  limit: number;
  /** Whether to return runs in the trash instead. */
  isDeleted?: boolean;
  /** Restricts the table to one group. */
  group?: GroupOfRuns | undefined;
}

/** Drawn curves are a look into the index for each of 24 points of each run. */
const maxCurves = 3;
const maxPageSize = 500;

/**
 * Returns a page of an experiment's runs with the values of its columns.
 * @throws DomainError "invalid" with the problem of the filter.
 */
export async function getRunTable(ctx: Context, question: RunTableQuestion): Promise<RunTable> {
  permit(ctx, "getRunTable");
  const read = async () => {
    const frame = frameOf(question, await listRunColumns(ctx, question.experimentId));
    return { ...frame, ...(await readPage(ctx, question, frame)) };
  };
  const [table, found] = await sideBySide(ctx, [read, () => countFound(ctx, searchOf(question))]);
  return { ...table, found };
}

/** Table without its rows. */
export type RunTableFrame = Pick<RunTable, "columns" | "choices" | "sort" | "headline">;

/** Returns the columns and the order of a table: the requested ones, or the defaults. */
export function frameOf({ columns, sort }: RunTableQuestion, choices: RunColumns): RunTableFrame {
  return {
    columns: columns ? knownColumns(columns) : defaultColumns(choices),
    choices,
    sort: sort && orderBy(sort) ? sort : defaultSort(choices),
    headline: headlineOf(choices),
  };
}

/** Reads one page of a table's rows. */
export async function readPage(
  ctx: Context,
  question: RunTableQuestion,
  { sort, columns }: RunTableFrame,
): Promise<Pick<RunTable, "rows" | "next" | "previous">> {
  const search = { ...searchOf(question), orderBy: [orderBy(sort)].filter((order) => order !== undefined) };
  const limit = Math.min(question.limit, maxPageSize);
  const { after, before, offset } = question;
  const page = after || before ? { pageToken: after ?? before, isBackwards: !after } : { offset: Math.max(0, offset) };
  const found = await findRunIds(ctx, { ...search, limit, ...page });
  const { rows: ids, nextPageToken: next, previousPageToken: previous } = found;
  return { rows: await rowsOf(ctx, ids, columns), next, previous };
}

function searchOf({ experimentId, filter, isDeleted, group }: RunTableQuestion): RunSearch {
  const viewType = isDeleted ? "DELETED_ONLY" : "ACTIVE_ONLY";
  return { experimentIds: [experimentId], filter, viewType, numericParams: true, group };
}

function headlineOf({ metrics }: RunColumns): RunTable["headline"] {
  const key = chooseHeadline(metrics);
  return key ? { key, direction: guessDirection(key) } : undefined;
}

const commitTag = "mlflow.source.git.commit";

async function rowsOf(ctx: Context, ids: string[], columns: string[]): Promise<RunTableRow[]> {
  const keysOf = (kind: ColumnKind) =>
    columns.map(partsOf).flatMap((parts) => (parts?.kind === kind ? [parts.key] : []));
  const shown = { metrics: keysOf("metrics"), params: keysOf("params"), tags: keysOf("tags") };
  const runs = await loadRuns(ctx, ids, { ...shown, tags: [...shown.tags, userTag, commitTag, ...reasonTags] });
  const runIds = runs.map(({ id }) => id);
  const failed = runs.filter(({ status }) => status === "FAILED").map(({ id }) => id);
  const drawn = keysOf("curve").slice(0, maxCurves);
  const [curves, nanStarts, lastSteps, found, made] = await sideBySide(ctx, [
    () =>
      sideBySide(
        ctx,
        drawn.map((key) => async () => [key, await listSmallCurves(ctx, { runIds, key })] as const),
      ),
    () => listNanStarts(ctx, failed),
    () => listLastSteps(ctx, failed),
    () => listRunFindings(ctx, { runIds }),
    () => listVersionsOfRuns(ctx, runIds),
  ]);
  const findings = Map.groupBy(found, ({ runId }) => runId);
  const versions = Map.groupBy(made, ({ runId }) => runId);
  return runs.map((run) => {
    const { metrics, params, tags, datasets, inputModelIds, outputModels, ...info } = run;
    const tagOf = (key: string) => tags.find((tag) => tag.key === key)?.value;
    // Clients that name their user only by the tag are known by it.
    const userName = info.userName || (tagOf(userTag) ?? "");
    return {
      run: { ...info, userName },
      failure: describeFailure({ ...run, metrics: lastSteps.get(run.id) ?? [] }, nanStarts.get(run.id)),
      findings: findings.get(run.id) ?? [],
      metrics: pick(metrics, shown.metrics),
      params: pick(params, shown.params),
      tags: pick(tags, shown.tags),
      curves: Object.fromEntries(curves.map(([key, byRun]) => [key, byRun.get(run.id) ?? []])),
      datasets: datasets.map(({ name, digest, tags: uses }) => ({
        name,
        digest,
        context: uses.find(({ key }) => key === contextTag)?.value ?? null,
      })),
      commit: tagOf(commitTag) ?? null,
      versions: (versions.get(run.id) ?? []).map(({ modelName, version }) => ({ modelName, version })),
    };
  });
}

function pick<Value>(entries: { key: string; value: Value }[], keys: string[]): Record<string, Value> {
  return Object.fromEntries(entries.filter(({ key }) => keys.includes(key)).map(({ key, value }) => [key, value]));
}
