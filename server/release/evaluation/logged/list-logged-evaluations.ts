import type { Context } from "#server/base/context.ts";
import { parsedJson } from "#server/base/parsed-json.ts";
import { loadVersionDetails } from "#server/develop/registry/versions/lineage-queries.ts";
import { searchEvaluationDatasets } from "#server/develop/tracking/evaluations/search.ts";
import { loadLoggedModels } from "#server/develop/tracking/models/queries.ts";
import { loadRuns } from "#server/develop/tracking/runs/load-runs.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { LoggedEvaluations } from "../contract.ts";

const maxDatasets = 50;
/** Contexts in which a run uses a dataset to evaluate on it. */
const evaluationContexts: readonly (string | null)[] = ["eval", "evaluation", "validation", "test"];
/** Tag in which mlflow.models.evaluate names its datasets, and the model that it evaluated. */
const datasetsTag = "mlflow.datasets";

/**
 * Lists the results of a version that MLflow clients logged, as mlflow.models.evaluate does: metrics of its logged model by dataset, and those of the run
 * that created it where that evaluated a dataset; and the evaluation datasets of its experiment.
 * @throws DomainError "not-found"
 */
export async function listLoggedEvaluations(
  ctx: Context,
  key: { name: string; version: number },
): Promise<LoggedEvaluations> {
  permit(ctx, "listLoggedEvaluations");
  const version = await loadVersionDetails(ctx, key);
  const { run, datasets } = version.lineage;
  const results: LoggedEvaluations["results"] = [];
  const [logged] = version.loggedModelId ? await loadLoggedModels(ctx, [version.loggedModelId]) : [];
  const points = (logged?.metrics ?? []).filter(({ datasetName }) => datasetName !== "");
  const byDataset = Map.groupBy(points, (point) => `${point.runId} ${point.datasetName} ${point.datasetDigest}`);
  const names = new Map(
    (await loadRuns(ctx, [...new Set(points.map(({ runId }) => runId))])).map((one) => [one.id, one.name]),
  );
  for (const [first, ...rest] of byDataset.values()) {
    if (!first) continue;
    results.push({
      runId: first.runId,
      runName: names.get(first.runId) ?? null,
      datasets: [{ name: first.datasetName, digest: first.datasetDigest }],
      metrics: [first, ...rest].map(({ key, value }) => ({ key, value: numberOf(value) })),
    });
  }
  const [own] = run ? await loadRuns(ctx, [run.id]) : [];
  if (own) {
    const evaluated = [
      ...datasets.filter(({ context }) => evaluationContexts.includes(context)),
      ...datasetsOf(own.tags.find((tag) => tag.key === datasetsTag)?.value),
    ].map(({ name, digest }) => ({ name, digest }));
    const isListed = results.some(({ runId }) => runId === own.id);
    const metrics = own.metrics.map(({ key, value }) => ({ key, value: numberOf(value) }));
    if (evaluated.length > 0 && metrics.length > 0 && !isListed) {
      results.push({ runId: own.id, runName: own.name, datasets: distinct(evaluated), metrics });
    }
  }
  const found = run
    ? await searchEvaluationDatasets(ctx, { experimentIds: [run.experimentId], limit: maxDatasets })
    : { rows: [] };
  return {
    results,
    datasets: found.rows.map(({ id, name, digest, records }) => ({ id, name, digest, records })),
  };
}

/** Reads the tag: a JSON list of name and hash. */
function datasetsOf(text: string | undefined): { name: string; digest: string }[] {
  const list = text === undefined ? undefined : parsedJson(text);
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: { name?: unknown; hash?: unknown } | null) =>
    typeof one?.name === "string" && typeof one.hash === "string" ? [{ name: one.name, digest: one.hash }] : [],
  );
}

function distinct(datasets: { name: string; digest: string }[]): { name: string; digest: string }[] {
  return [...new Map(datasets.map((one) => [`${one.name} ${one.digest}`, one])).values()];
}

/** NaN and infinities are logged as words. */
function numberOf(value: number | string): number | null {
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}
