import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { appRole } from "./app-role.ts";
import { readAppPassword } from "./postgres-folder.ts";
import { StartError } from "./start-error.ts";

/** Line of postmaster.pid with the port, from 0. */
const portLine = 3;

/**
 * Returns the connection string of the embedded Postgres that another process of Leeway runs.
 * @throws StartError when none runs, or its files belong to another user.
 */
export async function urlOfRunning(dataFolder: string): Promise<string> {
  try {
    const lines = (await readFile(join(dataFolder, "postmaster.pid"), "utf8")).split("\n");
    const port = Number.parseInt(lines[portLine] ?? "", 10);
    if (!(port > 0)) throw new Error("postmaster.pid names no port.");
    return `postgres://${appRole}:${await readAppPassword(dataFolder)}@127.0.0.1:${port}/leeway`;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = code === "EACCES" ? "is not readable. Run the command as the user that runs Leeway" : "does not run";
    throw new StartError(`The Postgres of ${dataFolder} ${reason}.`, { cause });
  }
}
