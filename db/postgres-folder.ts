import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import { refusalIn } from "./postgres-messages.ts";
import type { SystemUser } from "./postgres-user.ts";
import { StartError } from "./start-error.ts";

/** Environment variables passed to Postgres: none of Leeway's own, no locale, and no PGHOST or PGDATA of the user. */
export const serverEnvironment = { LC_ALL: "C", TZ: "UTC" } as unknown as NodeJS.ProcessEnv;

/** Passwords of the superuser and of the role of Leeway. They lie inside the data folder, so that neither is moved or restored without it. */
const passwordFile = "leeway-password";
const appPasswordFile = "leeway-app-password";

/**
 * Creates the folder of a new server, with a generated password. The folder appears under its name atomically and complete:
 * an interrupted start leaves nothing that the next one could mistake for a database.
 */
export async function initialise(
  dataFolder: string,
  binaries: PostgresBinaries,
  user: SystemUser | undefined,
  flags: readonly string[],
): Promise<void> {
  if (await exists(join(dataFolder, "PG_VERSION"))) return;
  await removeEmpty(dataFolder);
  const unfinished = `${dataFolder}.new`;
  const password = `${unfinished}.password`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  await writeFile(password, `${newPassword()}\n`, { mode: 0o600 });
  if (user) for (const path of [unfinished, password]) await chown(path, user.uid, user.gid);
  const options = [
    `--pgdata=${unfinished}`,
    `--pwfile=${password}`,
    "--username=leeway",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // Sorting and case the same on every machine, whatever locales it has.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    ...flags,
  ];
  try {
    await promisify(execFile)(binaries.initdb, options, { ...user, cwd: "/", env: serverEnvironment });
  } catch (cause) {
    const said = String((cause as { stderr?: unknown }).stderr ?? cause);
    throw refusalIn(said, "could not be set up", dataFolder);
  }
  await rename(password, join(unfinished, passwordFile));
  await rename(unfinished, dataFolder);
}

/** Checks that the folder can be used. @throws StartError when it belongs to another major version of Postgres, or to another user. */
export async function requireOwnFolder(dataFolder: string, binaries: PostgresBinaries): Promise<void> {
  const { uid } = await stat(dataFolder);
  const self = process.getuid?.() ?? 0;
  if (self !== 0 && uid !== self) {
    throw new StartError(
      `${dataFolder} belongs to another user (number ${uid}). Run Leeway as that user or as root, or set DATA_DIR to another folder.`,
    );
  }
  const major = Number.parseInt(await readFile(join(dataFolder, "PG_VERSION"), "utf8"), 10);
  if (major === binaries.major) return;
  throw new StartError(
    `${dataFolder} contains data of Postgres ${major}, but this version of Leeway bundles Postgres ${binaries.major}. ` +
      "Back it up with the version of Leeway that created it and restore the backup into another DATA_DIR, or start that version.",
  );
}

/** Reads the passwords of the superuser and of the role that Leeway connects as. Folders of older versions get the second one now. */
export async function readPasswords(
  dataFolder: string,
  user: SystemUser | undefined,
): Promise<{ admin: string; app: string }> {
  const file = join(dataFolder, appPasswordFile);
  if (!(await exists(file))) {
    await rm(`${file}.new`, { force: true });
    await writeFile(`${file}.new`, `${newPassword()}\n`, { mode: 0o600 });
    if (user) await chown(`${file}.new`, user.uid, user.gid);
    await rename(`${file}.new`, file);
  }
  return { admin: await read(join(dataFolder, passwordFile)), app: await read(file) };
}

/** Reads the password of the role that Leeway connects as. */
export async function readAppPassword(dataFolder: string): Promise<string> {
  return read(join(dataFolder, appPasswordFile));
}

async function read(file: string): Promise<string> {
  return (await readFile(file, "utf8")).trim();
}

function newPassword(): string {
  return randomBytes(24).toString("base64url");
}

async function removeEmpty(folder: string): Promise<void> {
  if (!(await exists(folder))) return;
  if ((await readdir(folder)).length > 0) {
    throw new StartError(
      `${folder} contains files but is not a Postgres data folder. Move the files, or set DATA_DIR to another folder.`,
    );
  }
  await rmdir(folder);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
