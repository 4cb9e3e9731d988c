import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDiskFull } from "#db/disk-full.ts";
import { StartError } from "#db/start-error.ts";
import { acquireLock, type Lock } from "./folder-lock.ts";

/**
 * Makes the data folder and takes it for this Leeway alone.
 * @throws StartError when it cannot be written, or another Leeway runs on it.
 */
export async function openDataFolder(folder: string): Promise<Lock> {
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, "written to see that there is room");
    await rm(probe);
  } catch (cause) {
    await rm(probe, { force: true }).catch(() => {});
    if (isDiskFull(cause)) {
      throw new StartError(
        `DATA_DIR: the disk of ${folder} is full. Free up space, or set DATA_DIR to a folder on another disk.`,
        { cause },
      );
    }
    const { code } = cause as NodeJS.ErrnoException;
    throw new StartError(
      `DATA_DIR: ${folder} is not writable (${code}). Grant write access to the user that runs Leeway, or set DATA_DIR to another folder.`,
      { cause },
    );
  }
  const lock = await acquireLock(join(folder, "leeway.lock"));
  if ("release" in lock) return lock;
  throw new StartError(
    `DATA_DIR: another Leeway process (${lock.pid} on ${lock.host}) is using ${folder}. Stop it first, or set DATA_DIR to another folder.`,
  );
}
