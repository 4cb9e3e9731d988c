import { DomainError } from "#server/base/errors.ts";
import type { Source, SourceExperiment, SourceLoggedModel, SourceModel, SourceRun } from "../source.ts";
import type { ZipFolder } from "../zip/open-zip.ts";
import { ExperimentMeta, readMeta } from "./meta.ts";
import { readPairs } from "./read-folder.ts";
import { readLoggedModel } from "./read-logged-model.ts";
import { readModel } from "./read-model.ts";
import { readRun } from "./read-run.ts";

/** Folders of an experiment that are no runs. */
const noRuns = new Set(["tags", "datasets", "models", "traces"]);

/**
 * Reads a zipped folder of MLflow's file store (mlruns). Deleted items are not imported.
 * @throws DomainError "invalid" when there is no such folder in the zip.
 */
export function mlrunsSource(zip: ZipFolder): Source {
  const root = findRoot(zip);
  const inRoot = (name: string) => (root ? `${root}/${name}` : name);
  const active: { id: string; folder: string }[] = [];

  async function* experiments(): AsyncGenerator<SourceExperiment> {
    for (const name of zip.list(root).folders) {
      if (name === ".trash" || name === "models") continue;
      const folder = inRoot(name);
      const meta = await readMeta(zip, folder, ExperimentMeta);
      if (!meta || meta.lifecycle_stage === "deleted") continue;
      active.push({ id: meta.experiment_id, folder });
      yield { id: meta.experiment_id, name: meta.name, tags: await readPairs(zip, `${folder}/tags`) };
    }
  }

  async function* runs(): AsyncGenerator<SourceRun> {
    for (const { id, folder } of active) {
      for (const name of zip.list(folder).folders) {
        const run = noRuns.has(name) ? undefined : await readRun(zip, { experimentId: id, folder, name });
        if (run) yield run;
      }
    }
  }

  async function* loggedModels(): AsyncGenerator<SourceLoggedModel> {
    for (const { id, folder } of active) {
      for (const name of zip.list(`${folder}/models`).folders) {
        const model = await readLoggedModel(zip, `${folder}/models/${name}`, id);
        if (model) yield model;
      }
    }
  }

  async function* models(): AsyncGenerator<SourceModel> {
    for (const name of zip.list(inRoot("models")).folders) {
      const model = await readModel(zip, inRoot(`models/${name}`));
      if (model) yield model;
    }
  }

  return { runsAtOnce: 1, experiments, runs, loggedModels, models, close: async () => zip.close() };
}

/** Returns the parent folder of the experiments: two levels above the topmost meta.yaml. */
function findRoot(zip: ZipFolder): string {
  let level = [""];
  for (let depth = 0; level.length > 0 && depth < 12; depth++) {
    const found = level.find((folder) => folder !== "" && zip.list(folder).files.includes("meta.yaml"));
    if (found !== undefined) return found.slice(0, Math.max(0, found.lastIndexOf("/")));
    level = level.flatMap((folder) => zip.list(folder).folders.map((name) => (folder ? `${folder}/${name}` : name)));
  }
  throw new DomainError("invalid", "No mlruns folder found in the zip: no folder contains a meta.yaml.");
}
