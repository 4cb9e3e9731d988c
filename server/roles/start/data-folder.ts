import { chmod, chown, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createFolders } from "#db/create-folders.ts";
import { isDiskFull } from "#db/disk-full.ts";
import { mayEnter, postgresUser, type SystemUser } from "#db/postgres-user.ts";
import { StartError } from "#db/start-error.ts";
import { log } from "#server/base/log.ts";
import { acquireLock, type Lock } from "./folder-lock.ts";

/** What Leeway stores in its data folder, and what a new file system has. */
const ownNames =
  /^(?:artifacts|artifact-cache|gateway|web|worker|postgres[\w.-]*|leeway\.lock[\w.-]*|secrets-key[\w.-]*|first-sign-in[\w.-]*|demo-token|lost\+found|\..*)$/;

/**
 * Makes the data folder, closes it to other users, and takes it for this Leeway alone.
 * @param usesPostgres whether the embedded Postgres is about to start
 * @throws StartError when it cannot be written, or another Leeway runs on it.
 */
export async function openDataFolder(folder: string, usesPostgres: boolean): Promise<Lock> {
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    await prepareFolder(folder, usesPostgres);
    await writeFile(probe, "written to see that there is room");
    await rm(probe);
  } catch (cause) {
    await rm(probe, { force: true }).catch(() => {});
    if (cause instanceof StartError) throw cause;
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

async function prepareFolder(folder: string, usesPostgres: boolean): Promise<void> {
  const inside = join(folder, "postgres");
  const hasDatabase = (await stat(inside).catch(() => undefined)) !== undefined;
  const user = usesPostgres || hasDatabase ? await postgresUser(inside) : undefined;
  const created = await createFolders(folder);
  for (const path of created) await protectFolder(path, user);
  const found = await stat(folder);
  if (created.length > 0 || found.uid !== process.getuid?.()) return;
  if (await isShared(folder, found.mode)) {
    log.warn("data_folder.not_protected", { folder, reason: "It holds files that are not Leeway's." });
    return;
  }
  // Without a database inside, a folder closed to Postgres remains so, and its database is elsewhere (db/postgres-path.ts).
  const mayPass = user && (hasDatabase || mayEnter(found, user));
  await protectFolder(folder, mayPass ? user : undefined);
}

/** Whether others use the folder, too, such as /tmp or /srv: closing it would lock them out. */
async function isShared(folder: string, mode: number): Promise<boolean> {
  const isSticky = (mode & 0o1000) !== 0;
  return isSticky || (await readdir(folder)).some((name) => !ownNames.test(name));
}

/**
 * Closes a folder of ours to all but its owner. Postgres, which root runs as another user, must pass through it to its own folder: that
 * user's group may enter, but not list. The content of older versions, readable by everyone, thereby needs no change.
 */
async function protectFolder(folder: string, user: SystemUser | undefined): Promise<void> {
  try {
    if (user) await chown(folder, process.getuid?.() ?? 0, user.gid);
    await chmod(folder, user ? 0o710 : 0o700);
  } catch (cause) {
    // File systems without permissions refuse.
    log.warn("data_folder.not_protected", { folder, cause });
  }
}
