import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import type { PgDialect, PgSession } from "drizzle-orm/pg-core";
import type { ClientBase, Pool, PoolClient } from "pg";
import type { Database } from "./client.ts";
import { oldestCompatible } from "./oldest-compatible.ts";
import { StartError } from "./start-error.ts";

const migrationsFolder = fileURLToPath(new URL("./migrations", import.meta.url));
const oldestSupported = 14;
// Any number that nothing else in the database locks.
const migrationLock = 7_305_417;

/** Version that upgrades older databases to the first migration of this program, which creates the complete schema. */
const upgradesOlder = "0.1.0 (commit 2c7ec434)";

/**
 * State of a database's schema relative to the migrations of this program. "ahead" is newer, by a version that works beside this one; "newer"
 * is by one that does not. "unsupported" is older than the first migration of this program.
 */
export type SchemaState = "current" | "behind" | "ahead" | "newer" | "unsupported";

/** Key of the system value with the oldest program that the schema works with: the time of its last migration. */
const compatibilityKey = "oldest-compatible-migration";

/**
 * Compares the last migration the database has with the last one of this program. If the database has more, its system value decides whether
 * this program still works with it.
 */
export async function schemaState(client: ClientBase | Pool): Promise<SchemaState> {
  const { rows: found } = await client.query("select to_regclass('drizzle.__drizzle_migrations') as migrations");
  if (!found[0].migrations) return "behind";
  const { rows } = await client.query("select max(created_at) as at from drizzle.__drizzle_migrations");
  const applied = Number(rows[0].at ?? 0);
  const known = readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis);
  const newest = Math.max(...known);
  if (applied === newest) return "current";
  if (applied > newest) return newest >= (await readOldestCompatible(client)) ? "ahead" : "newer";
  return applied > 0 && applied < Math.min(...known) ? "unsupported" : "behind";
}

/** Returns the sentence for a role that is too old for the database. */
export const tooOldSentence =
  "The database was migrated by a newer version of Leeway that cannot run alongside this one. Start that version, or restore a backup made before the upgrade.";

/**
 * Migrates the database to the newest schema. Safe for concurrent processes: an advisory lock admits one at a time. Leaves the schema of a
 * newer version that works beside this one as it is.
 * @returns the state in which the database is now
 * @throws StartError when the server is older than Postgres 14, when a newer program migrated the database and does not work beside this
 * one, when it is older than the first migration of this one, or when other sessions never let it have its locks.
 */
export async function migrateDatabase(pool: Pool, lockWait = defaultLockWait): Promise<"current" | "ahead"> {
  const client = await pool.connect();
  try {
    await requireVersion(client);
    const found = await schemaState(client);
    if (found === "current" || found === "ahead") return found;
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    try {
      const state = await schemaState(client);
      if (state === "unsupported") {
        throw new StartError(
          `The database was created by a Leeway older than ${upgradesOlder}. Start that version once to upgrade the database, then start this one.`,
        );
      }
      if (state === "newer") throw new StartError(tooOldSentence);
      if (state === "ahead") return state;
      // Before the schema changes: roles that it would break must know, whatever happens to this process.
      await writeOldestCompatible(client);
      await migrateBetweenOthers(client, lockWait);
      await writeOldestCompatible(client);
      return "current";
    } finally {
      await client.query("select pg_advisory_unlock($1)", [migrationLock]);
    }
  } finally {
    client.release();
  }
}

interface LockWait {
  /**
   * Time for which a migration waits for the lock of a table. While it waits, everything that comes after it waits too, so a statement that
   * runs for minutes elsewhere would stop the whole installation.
   */
  lockTimeoutMs: number;
  /** Time for which it then lets others through. */
  pauseMs: number;
  maxAttempts: number;
}

const defaultLockWait: LockWait = { lockTimeoutMs: 5_000, pauseMs: 5_000, maxAttempts: 60 };
const lockNotAvailable = "55P03";

/**
 * Applies the migrations in one transaction, which lets others through and starts again when it does not get a lock soon.
 * @throws StartError when it never does
 */
async function migrateBetweenOthers(
  client: PoolClient,
  { lockTimeoutMs, pauseMs, maxAttempts }: LockWait,
): Promise<void> {
  await client.query(`set lock_timeout = ${lockTimeoutMs}`);
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await migrate(drizzle(client), { migrationsFolder });
      } catch (error) {
        if (!isOfCode(error, lockNotAvailable)) throw error;
        if (attempt === maxAttempts) {
          throw new StartError(
            "The database cannot be migrated because other sessions keep its tables locked. Cancel long statements (select * from pg_stat_activity), then start again.",
          );
        }
        await pause(pauseMs);
      }
    }
  } finally {
    await client.query("reset lock_timeout");
  }
}

function isOfCode(error: unknown, code: string): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && cause.code === code) return true;
  }
  return false;
}

/** Returns the time of a program's last migration from which on the program works with the database; infinite where no version stored it. */
async function readOldestCompatible(client: ClientBase | Pool): Promise<number> {
  const { rows: found } = await client.query("select to_regclass('public.system_values') as found");
  if (!found[0].found) return Number.POSITIVE_INFINITY;
  const { rows } = await client.query("select value from system_values where key = $1", [compatibilityKey]);
  const value: unknown = rows[0]?.value;
  return typeof value === "number" ? value : Number.POSITIVE_INFINITY;
}

/** Raises the stored value to that of this program; an empty database has no table for it yet. */
async function writeOldestCompatible(client: ClientBase): Promise<void> {
  const { rows } = await client.query("select to_regclass('public.system_values') as found");
  if (!rows[0].found) return;
  await client.query(
    `insert into system_values (key, value) values ($1, to_jsonb($2::bigint))
     on conflict (key) do update set value = to_jsonb(greatest((system_values.value #>> '{}')::bigint, $2::bigint))`,
    [compatibilityKey, timeOf(oldestCompatible)],
  );
}

/** Returns the name of the last migration that this program knows. */
export function newestMigrationName(): string {
  return readJournal().at(-1)?.tag ?? "";
}

interface Journal {
  entries: { tag: string; when: number }[];
}

/** Returns the time by which a migration is known. */
function timeOf(tag: string): number {
  const entry = readJournal().find((each) => each.tag === tag);
  if (!entry) throw new Error(`Migration ${tag} not found.`);
  return entry.when;
}

function readJournal(): Journal["entries"] {
  return (JSON.parse(readFileSync(join(migrationsFolder, "meta", "_journal.json"), "utf8")) as Journal).entries;
}

async function requireVersion(client: ClientBase): Promise<void> {
  const { rows } = await client.query("show server_version_num");
  requireSupported(Number(rows[0].server_version_num));
}

/**
 * Requires a supported version of Postgres.
 * @param versionNumber as in Postgres' server_version_num: 140012 is 14.12.
 * @throws StartError when the server is too old.
 */
export function requireSupported(versionNumber: number): void {
  const major = Math.floor(versionNumber / 10_000);
  if (major >= oldestSupported) return;
  throw new StartError(
    `DATABASE_URL: the server runs Postgres ${major}, but Leeway requires ${oldestSupported} or newer. Upgrade it, or unset the variable to use the bundled Postgres.`,
  );
}

/** Returns the newest migration of this program. */
export function newestMigration(): number {
  return Math.max(...readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis));
}

/** Whether this program has a migration: a database that has it as its last one can be created again here. */
export function hasMigration(migration: number): boolean {
  return readMigrationFiles({ migrationsFolder }).some(({ folderMillis }) => folderMillis === migration);
}

/**
 * Migrates within the caller's transaction, up to and including one migration.
 * @param upTo milliseconds since 1970 as in the journal; infinite for all of them
 */
export async function migrateWithin(transaction: Database, upTo = Number.POSITIVE_INFINITY): Promise<void> {
  const migrations = readMigrationFiles({ migrationsFolder }).filter(({ folderMillis }) => folderMillis <= upTo);
  // Drizzle's own function takes no list, and its session would begin and commit a transaction instead of a savepoint.
  const { dialect, session } = transaction as unknown as { dialect: PgDialect; session: PgSession };
  const nested: PgSession = Object.create(session, {
    transaction: { value: transaction.transaction.bind(transaction) },
  });
  await dialect.migrate(migrations, nested, { migrationsFolder });
}
