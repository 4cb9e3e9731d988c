import { openDatabase } from "#db/client.ts";
import { postgresPath } from "#db/postgres-path.ts";
import { urlOfRunning } from "#db/running.ts";
import { systemContext } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { workspaceOf } from "./place.ts";
import { writePast } from "./write-past.ts";

interface Installation {
  /** Folder in which the product runs. */
  folder: string;
  /** Connection string of another Postgres; undefined for the one in the folder. */
  databaseUrl: string | undefined;
  /** Account of the demo. */
  email: string;
  requestsPerSecond: number;
}

/**
 * Gives the demo a past, unless it has one. It is the only part of the demo that writes to the database: no interface takes what happened
 * before. A demo without it works too, so that a failure is only logged.
 */
export async function ensurePast({ folder, databaseUrl, email, requestsPerSecond }: Installation): Promise<void> {
  try {
    const url = databaseUrl ?? (await urlOfRunning(await postgresPath(folder)));
    const { db, close } = openDatabase(url, { max: 1, name: "leeway demo" });
    try {
      const workspaceId = await workspaceOf(db, email);
      if (workspaceId !== undefined) await writePast(systemContext(db, workspaceId, "demo"), requestsPerSecond);
    } finally {
      await close();
    }
  } catch (error) {
    log.warn("demo.past-not-written", { reason: String(error) });
  }
}
