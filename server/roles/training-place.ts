import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import type { Config } from "../admin/settings/config.ts";
import { openZip } from "../admin/transfer/zip/open-zip.ts";
import type { EnginePlace } from "../improve/training/engines/open-engine.ts";
import { parseArtifactPath } from "../platform/artifacts/artifact-key.ts";

/** What the engines of training jobs need of this process: its folder, its machine, and how packages are unpacked. */
export async function trainingPlace({
  dataDir,
  hasLocalTraining,
  localPackages,
  maxUploadBytes,
}: Config): Promise<EnginePlace> {
  return {
    dataFolder: dataDir,
    machine: await machineOf(join(dataDir, "training")),
    wrapper: fileURLToPath(new URL("../improve/training/wrapper/leeway_run.py", import.meta.url)),
    allowsLocal: hasLocalTraining,
    localPackages,
    unpack: (path, folder) => unpack(path, folder, maxUploadBytes),
  };
}

/** The id of this machine, which stays with its data folder: the name of a container changes whenever it is made. */
async function machineOf(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "machine");
  // "wx" keeps what another process wrote.
  await writeFile(file, randomUUID(), { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  return (await readFile(file, "utf8")).trim();
}

/** Unpacks a zip into a folder; what anyone may execute stays so, and no other right is taken over, nor a link made. @throws DomainError "invalid" for a path that leads out of it; "too-large" */
async function unpack(path: string, folder: string, maxBytes: number): Promise<void> {
  const zip = await openZip(path, maxBytes);
  try {
    for (const entry of zip.below("")) {
      const file = join(folder, ...parseArtifactPath(entry.path));
      await mkdir(dirname(file), { recursive: true });
      await pipeline(await entry.open(), createWriteStream(file, { mode: 0o644 }));
      // The process's mask would take rights away.
      await chmod(file, entry.isExecutable ? 0o755 : 0o644);
    }
  } finally {
    zip.close();
  }
}
