import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { openDatabase } from "#db/client.ts";
import { isDatabaseUnavailable } from "#db/connection-errors.ts";
import { isDiskFull } from "#db/disk-full.ts";
import { migrateDatabase } from "#db/migrate.ts";
import { StartError } from "#db/start-error.ts";
import type { Config } from "#server/admin/settings/config.ts";
import { type Bootstrapped, bootstrap } from "#server/admin/workspaces/bootstrap.ts";
import { log } from "#server/base/log.ts";
import { type Restored, readRestored } from "#server/platform/installation-state.ts";
import { installQueues } from "#server/platform/jobs/queue.ts";
import { prepareSecrets } from "#server/platform/secrets/prepare-secrets.ts";
import { removeFirstSignIn, writeFirstSignIn } from "./first-sign-in.ts";

// The server does not listen yet, or is starting or stopping (57P01 to 57P03).
const comesLater = ["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "57P01", "57P02", "57P03"];

/** In a container, Postgres often starts at the same time. */
const timeoutMs = 15_000;

export interface Prepared extends Bootstrapped {
  /** Whether the file with the secrets of the first start still exists. */
  hasFile: boolean;
  restored: Restored | undefined;
}

/**
 * Prepares the database for this program: newest schema, job queues, encryption keys, and at the first start a workspace with its admin.
 * What a newer version has prepared stays as it is, if it works beside this one. Safe for several processes at once.
 * @param mayCreateKey whether a master key may be generated: not for one role of several machines
 * @throws StartError when the database cannot be used.
 */
export async function prepareDatabase(config: Config, url: string, mayCreateKey = true): Promise<Prepared> {
  await untilConnected(url, timeoutMs);
  const { db, pool, close } = openDatabase(url, { max: 2, name: "leeway-start" });
  try {
    // The queues of a newer version have what this one needs; its own settings would replace theirs.
    if ((await migrateDatabase(pool)) === "current") await installQueues(url);
    await prepareSecrets(db, config.secretsKey, mayCreateKey);
    const first = await bootstrap(db, config, (made) => writeFirstSignIn(config.dataDir, made));
    return { ...first, hasFile: await removeFirstSignIn(db, config.dataDir), restored: await readRestored(db) };
  } catch (cause) {
    const refusal = refusalOf(cause, url);
    throw refusal ? new StartError(refusal, { cause }) : cause;
  } finally {
    await close();
  }
}

/**
 * Waits until the database accepts connections.
 * @throws StartError immediately when waiting would not help, otherwise after the timeout.
 */
export async function untilConnected(url: string, timeoutMs: number): Promise<void> {
  let isAwaited = false;
  for (const giveUpAt = Date.now() + timeoutMs; ; await pause(200)) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on("error", () => {});
    try {
      await client.connect();
      return;
    } catch (cause) {
      const { code = "", message } = cause as NodeJS.ErrnoException;
      const mayCome = code === "" || comesLater.includes(code);
      if (mayCome && Date.now() < giveUpAt) {
        if (!isAwaited) log.warn("database.waiting", { database: whereIn(url), reason: message || code });
        isAwaited = true;
        continue;
      }
      throw new StartError(
        `DATABASE_URL: cannot connect to ${whereIn(url)}: ${message || code}. Start Postgres or correct the variable; without it, Leeway uses its bundled Postgres.`,
        { cause },
      );
    } finally {
      await client.end().catch(() => {});
    }
  }
}

function whereIn(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** Describes how to resolve an error during the database's preparation; undefined when it is a bug. */
function refusalOf(error: unknown, url: string): string | undefined {
  if (isDiskFull(error)) {
    return `The disk of the database ${whereIn(url)} is full. Free up space; set DATA_DIR to move the bundled Postgres to another disk.`;
  }
  if (isDatabaseUnavailable(error)) {
    return `The database ${whereIn(url)} became unavailable during preparation. See its log (DATA_DIR/postgres.log for the bundled Postgres), then start again.`;
  }
  if (!isLackOfRights(error)) return undefined;
  const { username } = new URL(url);
  return `DATABASE_URL: the user ${username} cannot create tables. Grant it "create" on the database, or make it the owner.`;
}

/** Checks for Postgres' insufficient_privilege, in the error or its cause. */
function isLackOfRights(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error as { code?: unknown }).code === "42501" || isLackOfRights(error.cause);
}
