import { randomBytes } from "node:crypto";
import { chown, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createSharedFolder, sharedFolder } from "./postgres-binaries.ts";
import { isReachable, postgresUser } from "./postgres-user.ts";
import { StartError } from "./start-error.ts";

/**
 * Returns the folder for the files of the built-in Postgres: "postgres" in the data folder. When root runs Leeway in a folder that
 * the Postgres user cannot enter, it is in /var/lib/leeway, and a note in the data folder says where.
 */
export async function postgresPath(dataFolder: string): Promise<string> {
  const inside = join(dataFolder, "postgres");
  const note = join(dataFolder, "postgres-place");
  const noted = await readFile(note, "utf8").catch(() => "");
  if (noted) return requireParent(noted.trim(), note);
  const user = await postgresUser(inside);
  if (!user) return inside;
  if (await isReachable(dataFolder, user)) return inside;
  const outside = join(sharedFolder, `data-${randomBytes(6).toString("hex")}`, "postgres");
  try {
    await createSharedFolder();
    await mkdir(dirname(outside), { mode: 0o700 });
    await chown(dirname(outside), user.uid, user.gid);
  } catch (cause) {
    throw new StartError(
      `Postgres cannot run as root, its user has no access to ${dataFolder}, and ${sharedFolder} is not writable. ` +
        "Run Leeway as another user, set DATA_DIR to a folder that other users can access, or set DATABASE_URL.",
      { cause },
    );
  }
  await writeFile(note, `${outside}\n`);
  return outside;
}

async function requireParent(folder: string, note: string): Promise<string> {
  if (await stat(dirname(folder)).catch(() => undefined)) return folder;
  throw new StartError(
    `The database folder ${folder} is missing. Restore it, or delete ${note} to start with an empty database.`,
  );
}
