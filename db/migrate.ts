import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import type { PgDialect, PgSession } from "drizzle-orm/pg-core";
import type { ClientBase, Pool } from "pg";
import type { Database } from "./client.ts";
import { StartError } from "./start-error.ts";

const migrationsFolder = fileURLToPath(new URL("./migrations", import.meta.url));
const oldestSupported = 14;
// Any number that nothing else in the database locks.
const migrationLock = 7_305_417;

/** Version that upgrades older databases to the first migration of this program, which creates the complete schema. */
const upgradesOlder = "0.1.0 (commit 2c7ec434)";

/** State of a database's schema relative to the migrations of this program; "unsupported" is older than the first of them. */
export type SchemaState = "current" | "behind" | "newer" | "unsupported";

/** Compares the last migration the database has with the last one of this program. */
export async function schemaState(client: ClientBase | Pool): Promise<SchemaState> {
  const { rows: found } = await client.query("select to_regclass('drizzle.__drizzle_migrations') as migrations");
  if (!found[0].migrations) return "behind";
  const { rows } = await client.query("select max(created_at) as at from drizzle.__drizzle_migrations");
  const applied = Number(rows[0].at ?? 0);
  const known = readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis);
  const newest = Math.max(...known);
  if (applied === newest) return "current";
  if (applied > newest) return "newer";
  return applied > 0 && applied < Math.min(...known) ? "unsupported" : "behind";
}

/**
 * Migrates the database to the newest schema. Safe for concurrent processes: an advisory lock admits one at a time.
 * @throws StartError when the server is older than Postgres 14, when the database was migrated by a newer program, or when it is older
 * than the first migration of this one.
 */
export async function migrateDatabase(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await requireVersion(client);
    if ((await schemaState(client)) === "current") return;
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    try {
      const state = await schemaState(client);
      if (state === "unsupported") {
        throw new StartError(
          `The database is of a Leeway older than ${upgradesOlder}. Start that version once, which upgrades the database, and then this one.`,
        );
      }
      if (state === "newer") {
        throw new StartError(
          "The database was migrated by a newer version of Leeway. Start that version, or restore a backup made before the upgrade.",
        );
      }
      await migrate(drizzle(client), { migrationsFolder });
    } finally {
      await client.query("select pg_advisory_unlock($1)", [migrationLock]);
    }
  } finally {
    client.release();
  }
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
