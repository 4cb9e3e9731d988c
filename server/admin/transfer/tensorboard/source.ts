import { createHash } from "node:crypto";
import type { Source, SourceExperiment, SourceRun } from "../source.ts";
import type { EventFile } from "./event-files.ts";
import { pointsOf, scan } from "./scan.ts";

/**
 * Returns event files of TensorBoard as one experiment, in which each folder is a run, as in TensorBoard itself.
 * @param folders files by folder, in the order of their creation. @param name of the experiment.
 */
export function tensorboardSource(
  folders: ReadonlyMap<string, EventFile[]>,
  name: string,
  close: () => void = () => undefined,
): Source {
  const top = commonFolder([...folders.keys()]);

  async function* experiments(): AsyncGenerator<SourceExperiment> {
    yield { id: name, name, tags: [] };
  }

  async function* runs(): AsyncGenerator<SourceRun> {
    for (const [folder, files] of folders) {
      const { problems, ...scanned } = await scan(files);
      yield {
        // With the experiment: folders like "train" are everywhere.
        id: `${name}/${folder}`,
        experimentId: name,
        name: folder.slice(top.length).replace(/^\//, "") || name,
        userName: "",
        ...scanned,
        tags: [],
        datasets: [],
        inputModelIds: [],
        outputModels: [],
        fingerprint: () => fingerprintOf(files),
        async *points(report) {
          for (const problem of problems) report(problem);
          yield* pointsOf(files, report);
        },
        async *files() {
          // Event files are parsed, not stored.
        },
      };
    }
  }

  async function* none(): AsyncGenerator<never> {
    // Event files know no models.
  }
  return { runsAtOnce: 1, experiments, runs, loggedModels: none, models: none, close: async () => close() };
}

/** Returns the common folder, which is left out of all names; for a single run, its parent. */
function commonFolder(folders: string[]): string {
  const [first = "", ...others] = folders.map((folder) => folder.split("/").slice(0, -1));
  if (first === "") return "";
  let length = first.length;
  for (const other of others) {
    const same = other.findIndex((segment, index) => segment !== first[index]);
    length = Math.min(length, same === -1 ? other.length : same);
  }
  return first.slice(0, length).join("/");
}

async function fingerprintOf(files: readonly EventFile[]): Promise<string> {
  const marks = await Promise.all(files.map(async (file) => [file.name, await file.mark()]));
  return createHash("sha256").update(JSON.stringify(marks)).digest("hex");
}
