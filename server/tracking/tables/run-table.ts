import type { Context } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import { listVersionsOfRuns } from "#server/registry/version-queries.ts";
import type { Run, RunColumns, RunTable, RunTableRow } from "../contract.ts";
import { chooseHeadline, guessDirection } from "../headline.ts";
import { countRuns, findRunIds } from "../runs/find-runs.ts";
import { loadRuns } from "../runs/load-runs.ts";
import { contextTag } from "../runs/tags.ts";
import { listRunColumns } from "./column-queries.ts";
import { defaultColumns, defaultSort, knownColumns, orderBy, partsOf } from "./columns.ts";
import { listNanStarts, listSmallCurves } from "./curve-queries.ts";
import { describeFailure } from "./failure.ts";

export interface RunTableQuestion {
  experimentId: number;
  /** In the filter language; "" is all. */
  filter: string;
  sort: RunTable["sort"] | undefined;
  /** Undefined: those that tell most. */
  columns: readonly string[] | undefined;
  offset: number;
  limit: number;
}

/** Drawn curves are a look into the index for each of 24 points of each run. */
const mostCurves = 3;
const mostPerPage = 200;

/**
 * A page of an experiment's runs with what its columns show.
 * @throws DomainError "invalid" that says what is wrong with the filter.
 */
export async function getRunTable(ctx: Context, question: RunTableQuestion): Promise<RunTable> {
  permit(ctx, "getRunTable");
  const { experimentId, filter, offset } = question;
  const choices = await listRunColumns(ctx, experimentId);
  const columns = question.columns ? knownColumns(question.columns) : defaultColumns(choices);
  const wanted = question.sort && orderBy(question.sort) ? question.sort : undefined;
  const sort = wanted ?? defaultSort(choices);
  const search = {
    experimentIds: [experimentId],
    filter,
    orderBy: [orderBy(sort)].filter((order) => order !== undefined),
  };
  const limit = Math.min(question.limit, mostPerPage);
  const { rows: ids } = await findRunIds(ctx, { ...search, limit, offset: Math.max(0, offset) });
  const runs = await loadRuns(ctx, ids);
  return {
    rows: await rowsOf(ctx, runs, columns),
    found: await countRuns(ctx, search),
    columns,
    choices,
    sort,
    headline: headlineOf(choices),
  };
}

function headlineOf({ metrics }: RunColumns): RunTable["headline"] {
  const key = chooseHeadline(metrics);
  return key ? { key, direction: guessDirection(key) } : undefined;
}

async function rowsOf(ctx: Context, runs: Run[], columns: string[]): Promise<RunTableRow[]> {
  const runIds = runs.map(({ id }) => id);
  const keysOf = (kind: "metrics" | "curve" | "params") =>
    columns.map(partsOf).flatMap((parts) => (parts?.kind === kind ? [parts.key] : []));
  const curves = await Promise.all(
    keysOf("curve")
      .slice(0, mostCurves)
      .map(async (key) => [key, await listSmallCurves(ctx, { runIds, key })] as const),
  );
  const failed = runs.filter(({ status }) => status === "FAILED").map(({ id }) => id);
  const nanStarts = await listNanStarts(ctx, failed);
  const versions = Map.groupBy(await listVersionsOfRuns(ctx, runIds), ({ runId }) => runId);
  const [metricKeys, paramKeys] = [new Set(keysOf("metrics")), new Set(keysOf("params"))];
  return runs.map((run) => {
    const { metrics, params, tags, datasets, inputModelIds, outputModels, ...info } = run;
    const tagOf = (key: string) => tags.find((tag) => tag.key === key)?.value;
    // Clients that name their user only by the tag are known by it.
    const userName = info.userName || (tagOf("mlflow.user") ?? "");
    return {
      run: { ...info, userName },
      failure: describeFailure(run, nanStarts.get(run.id)),
      metrics: pick(metrics, metricKeys),
      params: pick(params, paramKeys),
      curves: Object.fromEntries(curves.map(([key, byRun]) => [key, byRun.get(run.id) ?? []])),
      datasets: datasets.map(({ name, digest, tags: uses }) => ({
        name,
        digest,
        context: uses.find(({ key }) => key === contextTag)?.value ?? null,
      })),
      commit: tagOf("mlflow.source.git.commit") ?? null,
      versions: (versions.get(run.id) ?? []).map(({ modelName, version }) => ({ modelName, version })),
    };
  });
}

function pick<Value>(entries: { key: string; value: Value }[], keys: Set<string>): Record<string, Value> {
  return Object.fromEntries(entries.filter(({ key }) => keys.has(key)).map(({ key, value }) => [key, value]));
}
