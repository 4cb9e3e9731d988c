import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { promisify } from "node:util";
import { StartError } from "./start-error.ts";

/** A user of the operating system, by number. */
export interface SystemUser {
  uid: number;
  gid: number;
}

/**
 * Returns the user to run Postgres as: the current user, unless that is root, which Postgres rejects. Root runs it as the owner of
 * the data folder if there is one already, else as the user "postgres", else as "nobody". No user is created.
 * @returns undefined when Postgres runs as the current user.
 */
export async function postgresUser(dataFolder: string): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(dataFolder).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const user = (await findUser("postgres")) ?? (await findUser("nobody"));
  if (user) return user;
  throw new StartError(
    'Postgres cannot run as root, and there is no user "postgres" or "nobody" to run it as. Run Leeway as another user, or set DATABASE_URL.',
  );
}

async function findUser(name: string): Promise<SystemUser | undefined> {
  const readId = async (flag: string) => Number((await promisify(execFile)("id", [flag, name])).stdout);
  try {
    return { uid: await readId("-u"), gid: await readId("-g") };
  } catch {
    return undefined;
  }
}

/** Whether the user may enter the folder and every folder above it. */
export async function isReachable(folder: string, user: SystemUser): Promise<boolean> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    if (!mayEnter(await stat(path), user)) return false;
    if (path === dirname(path)) return true;
  }
}

/** Whether the permission bits let the user enter a folder. */
export function mayEnter(folder: { uid: number; gid: number; mode: number }, user: SystemUser): boolean {
  if (folder.uid === user.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === user.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}
