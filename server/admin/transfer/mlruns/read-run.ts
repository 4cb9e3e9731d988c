import type { DatasetInput } from "#server/develop/tracking/runs/contract.ts";
import type { SourceRun } from "../source.ts";
import type { ZipFolder } from "../zip/open-zip.ts";
import { DatasetMeta, InputMeta, RunMeta, readMeta } from "./meta.ts";
import { filesIn, fingerprintOf, readPairs, readPoints } from "./read-folder.ts";

/** Reads a run of a file store; undefined for other folders, and for a deleted run. */
export async function readRun(
  zip: ZipFolder,
  location: { experimentId: string; folder: string; name: string },
): Promise<SourceRun | undefined> {
  const folder = `${location.folder}/${location.name}`;
  const meta = await readMeta(zip, folder, RunMeta);
  if (!meta || meta.lifecycle_stage === "deleted") return undefined;
  const links = await readLinks(zip, location.folder, folder);
  return {
    id: meta.run_id,
    experimentId: location.experimentId,
    name: meta.run_name,
    userName: meta.user_id,
    status: meta.status,
    startedAt: meta.start_time,
    endedAt: meta.end_time ?? null,
    params: await readPairs(zip, `${folder}/params`),
    tags: await readPairs(zip, `${folder}/tags`),
    ...links,
    fingerprint: async () => fingerprintOf(zip.below(folder), folder),
    points: (report) => readPoints(zip, `${folder}/metrics`, report),
    async *files(report) {
      const files = filesIn(zip, `${folder}/artifacts`);
      // A store on this disk that wrote none is no loss; one elsewhere may have written many.
      const isElsewhere = /^(?!file:)[a-z][a-z0-9+.-]*:/i.test(meta.artifact_uri);
      if (files.length === 0 && isElsewhere) report(`Its files, if any, were not copied from ${meta.artifact_uri}.`);
      yield* files;
    },
  };
}

async function readLinks(zip: ZipFolder, experiment: string, run: string) {
  const datasets: DatasetInput[] = [];
  const inputModelIds: string[] = [];
  for (const name of zip.list(`${run}/inputs`).folders) {
    const link = await readMeta(zip, `${run}/inputs/${name}`, InputMeta);
    if (!link) continue;
    if (link.source_type !== "DATASET") {
      inputModelIds.push(link.destination_id || link.source_id);
      continue;
    }
    const dataset = await readMeta(zip, `${experiment}/datasets/${link.source_id}`, DatasetMeta);
    if (!dataset) continue;
    const { source_type: sourceType, schema = null, profile = null, ...rest } = dataset;
    const tags = Object.entries(link.tags ?? {}).map(([key, value]) => ({ key, value }));
    datasets.push({ ...rest, sourceType, schema, profile, tags });
  }
  const outputModels: { modelId: string; step: number }[] = [];
  for (const name of zip.list(`${run}/outputs`).folders) {
    const link = await readMeta(zip, `${run}/outputs/${name}`, InputMeta);
    if (link) outputModels.push({ modelId: link.destination_id || name, step: link.step });
  }
  return { datasets, inputModelIds, outputModels };
}
