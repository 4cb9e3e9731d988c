import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import type { Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "./client.ts";
import { migrateDatabase, schemaState } from "./migrate.ts";
import { StartError } from "./start-error.ts";
import { emptyDatabase } from "./testing.ts";
import { readCatalogue } from "./testing-catalogue.ts";

const migrationsFolder = fileURLToPath(new URL("./migrations", import.meta.url));
const [baseline, ...later] = readMigrationFiles({ migrationsFolder });
const baselineAt = baseline?.folderMillis ?? Number.NaN;

/** The first migration alone, as a folder of migrations. */
let baselineFolder = "";
beforeAll(async () => {
  baselineFolder = await mkdtemp(join(tmpdir(), "leeway-baseline-"));
  await cp(migrationsFolder, baselineFolder, { recursive: true });
  const journalFile = join(baselineFolder, "meta/_journal.json");
  const journal = JSON.parse(await readFile(journalFile, "utf8"));
  await writeFile(journalFile, JSON.stringify({ ...journal, entries: journal.entries.slice(0, 1) }));
});
afterAll(() => rm(baselineFolder, { recursive: true }));

async function withBaseline(name: string): Promise<Pool> {
  const handle = openDatabase(await emptyDatabase(), { max: 2, name });
  afterAll(() => handle.close());
  await migrate(drizzle(handle.pool), { migrationsFolder: baselineFolder });
  return handle.pool;
}

/** Makes the database look as if the migrations that the baseline replaced had been applied one by one. */
async function pretendApplied(pool: Pool, times: readonly number[]): Promise<void> {
  await pool.query("delete from drizzle.__drizzle_migrations");
  for (const [index, at] of times.entries()) {
    await pool.query("insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)", [
      `old-${index}`,
      at,
    ]);
  }
}

async function appliedCount(pool: Pool): Promise<number> {
  const { rows } = await pool.query("select count(*)::int as count from drizzle.__drizzle_migrations");
  return rows[0].count;
}

test("creates the same schema as the 56 migrations that the baseline replaced", async () => {
  const golden = await readFile(new URL("./golden-catalogue.txt", import.meta.url), "utf8");
  expect(await readCatalogue(await withBaseline("baseline"))).toEqual(golden.trimEnd().split("\n"));
});

test("does not migrate a database again that has all of the old migrations", async () => {
  const pool = await withBaseline("all-old");
  await pretendApplied(
    pool,
    Array.from({ length: 56 }, (_, index) => baselineAt - (55 - index) * 1000),
  );
  expect(await schemaState(pool)).toBe(later.length === 0 ? "current" : "behind");
  await migrateDatabase(pool);
  expect(await schemaState(pool)).toBe("current");
  expect(await appliedCount(pool)).toBe(56 + later.length);
});

test("rejects a database with only some old migrations, names the version to start, and leaves it unchanged", async () => {
  const pool = await withBaseline("some-old");
  await pretendApplied(pool, [baselineAt - 2000, baselineAt - 1000]);
  const before = await readCatalogue(pool);
  expect(await schemaState(pool)).toBe("unsupported");
  await expect(migrateDatabase(pool)).rejects.toThrow(StartError);
  await expect(migrateDatabase(pool)).rejects.toThrow("older than 0.1.0 (commit 2c7ec434). Start that version once");
  expect(await readCatalogue(pool)).toEqual(before);
  expect(await appliedCount(pool)).toBe(2);
});
