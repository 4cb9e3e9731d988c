import type { SourceLoggedModel } from "../source.ts";
import { linesOf } from "../zip/lines.ts";
import type { ZipFolder } from "../zip/open-zip.ts";
import { LoggedModelMeta, readMeta } from "./meta.ts";
import { readMetricLine } from "./metric-line.ts";
import { filesIn, fingerprintOf, readPairs } from "./read-folder.ts";

/** Reads a logged model of a file store; undefined for other folders, and for a deleted model. */
export async function readLoggedModel(
  zip: ZipFolder,
  folder: string,
  experimentId: string,
): Promise<SourceLoggedModel | undefined> {
  const meta = await readMeta(zip, folder, LoggedModelMeta);
  if (!meta || meta.lifecycle_stage === "deleted") return undefined;
  return {
    id: meta.model_id,
    experimentId,
    name: meta.name,
    modelType: meta.model_type,
    sourceRunId: meta.source_run_id,
    status: meta.status,
    createdAt: meta.creation_timestamp,
    params: await readPairs(zip, `${folder}/params`),
    tags: await readPairs(zip, `${folder}/tags`),
    metrics: await readMetrics(zip, `${folder}/metrics`),
    fingerprint: async () => fingerprintOf(zip.below(folder), folder),
    async *files() {
      yield* filesIn(zip, `${folder}/artifacts`);
    },
  };
}

async function readMetrics(zip: ZipFolder, folder: string): Promise<SourceLoggedModel["metrics"]> {
  const metrics: SourceLoggedModel["metrics"] = [];
  for (const entry of zip.below(folder)) {
    const key = entry.path.slice(folder.length + 1);
    for await (const line of linesOf(entry)) {
      const read = readMetricLine(line);
      if (!read) continue;
      const { rest, ...point } = read;
      const [runId = "", datasetName, datasetDigest] = rest;
      metrics.push({ key, ...point, runId, ...(datasetName && datasetDigest && { datasetName, datasetDigest }) });
    }
  }
  return metrics;
}
