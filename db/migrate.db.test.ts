import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";
import type { Pool } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "./client.ts";
import { migrateDatabase, schemaState } from "./migrate.ts";
import { StartError } from "./start-error.ts";
import { emptyDatabase } from "./testing.ts";

test("leaves an empty database current when several processes migrate it concurrently", async () => {
  const url = await emptyDatabase();
  const handles = Array.from({ length: 4 }, (_, index) => openDatabase(url, { max: 2, name: `migrates-${index}` }));
  expect(await schemaState((handles[0] as (typeof handles)[0]).pool)).toBe("behind");
  await Promise.all(handles.map((handle) => migrateDatabase(handle.pool)));
  for (const handle of handles) {
    expect(await schemaState(handle.pool)).toBe("current");
    await handle.close();
  }
});

/** Makes the database look as if a later version had migrated it. */
async function migratedByLater(name: string, oldest: number | undefined): Promise<Pool> {
  const handle = openDatabase(await emptyDatabase(), { max: 2, name });
  onTestFinished(() => handle.close());
  expect(await migrateDatabase(handle.pool)).toBe("current");
  await handle.pool.query(
    "insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 9000000000000)",
  );
  const key = "oldest-compatible-migration";
  if (oldest === undefined) await handle.pool.query("delete from system_values where key = $1", [key]);
  else await handle.pool.query("update system_values set value = to_jsonb($2::bigint) where key = $1", [key, oldest]);
  return handle.pool;
}

const own = readMigrationFiles({ migrationsFolder: fileURLToPath(new URL("./migrations", import.meta.url)) });
const newest = Math.max(...own.map(({ folderMillis }) => folderMillis));

test.each([
  ["that raised the minimum above this one", newest + 1],
  ["that stored no minimum", undefined],
])("rejects a database of a newer version %s, and leaves it unchanged", async (_name, oldest) => {
  const pool = await migratedByLater("newer", oldest);
  expect(await schemaState(pool)).toBe("newer");
  await expect(migrateDatabase(pool)).rejects.toThrow(StartError);
  await expect(migrateDatabase(pool)).rejects.toThrow("newer version of Leeway");
  const { rows } = await pool.query(
    "select count(*)::int as locks from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
  );
  expect(rows[0].locks).toBe(0);
});

test("accepts a database of a newer version that works beside this one, and leaves it unchanged", async () => {
  const pool = await migratedByLater("ahead", newest);
  expect(await schemaState(pool)).toBe("ahead");
  expect(await migrateDatabase(pool)).toBe("ahead");
  const { rows } = await pool.query("select max(created_at)::float8 as at from drizzle.__drizzle_migrations");
  expect(rows[0].at).toBe(9_000_000_000_000);
});

test("raises the minimum before the schema changes, and never lowers it", async () => {
  const handle = openDatabase(await emptyDatabase(), { max: 2, name: "raises" });
  onTestFinished(() => handle.close());
  const { pool } = handle;
  await migrateDatabase(pool);
  const stored = async () =>
    (await pool.query("select value from system_values where key = 'oldest-compatible-migration'")).rows[0]?.value;
  const minimum = await stored();
  expect(own.map(({ folderMillis }) => folderMillis)).toContain(minimum);
  // The last migration is missing, and cannot be applied again: its tables are there.
  await pool.query("delete from drizzle.__drizzle_migrations where created_at = $1", [newest]);
  await pool.query("update system_values set value = '1' where key = 'oldest-compatible-migration'");
  await expect(migrateDatabase(pool)).rejects.toThrow();
  expect(await stored()).toBe(minimum);
  await pool.query("update system_values set value = '9000000000000' where key = 'oldest-compatible-migration'");
  await expect(migrateDatabase(pool)).rejects.toThrow();
  expect(await stored()).toBe(9_000_000_000_000);
});

test("lets others through while a statement elsewhere holds a lock, and migrates afterwards", async () => {
  const url = await emptyDatabase();
  const [ours, theirs] = [openDatabase(url, { max: 2, name: "migrates" }), openDatabase(url, { max: 1, name: "busy" })];
  onTestFinished(() => Promise.all([ours.close(), theirs.close()]).then(() => undefined));
  const lockWait = { lockTimeoutMs: 20, pauseMs: 20, maxAttempts: 10_000 };
  // Creating a table of this name waits until the other transaction ends.
  await theirs.pool.query("begin");
  await theirs.pool.query("create table workspaces ()");
  await expect(migrateDatabase(ours.pool, { ...lockWait, maxAttempts: 2 })).rejects.toThrow("other sessions");
  const migrated = migrateDatabase(ours.pool, lockWait);
  await theirs.pool.query("rollback");
  expect(await migrated).toBe("current");
  const { rows } = await ours.pool.query("show lock_timeout");
  expect(rows[0].lock_timeout).toBe("0");
});
