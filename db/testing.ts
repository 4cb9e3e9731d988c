import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, inject } from "vitest";
import { type Database, type DatabaseHandle, openDatabase } from "./client.ts";

/**
 * Clones the migrated template into a database of its own and drops it after the test file.
 * For tests that need real commits, several connections, or LISTEN; others share `testDatabase()`.
 */
export async function freshDatabase(): Promise<DatabaseHandle & { url: string }> {
  const name = `leeway_test_${randomUUID().replaceAll("-", "")}`;
  const postgresUrl = inject("postgresUrl");
  await administer(postgresUrl, `create database ${name} template ${inject("templateDatabase")}`);
  const url = new URL(postgresUrl);
  url.pathname = name;
  const handle = openDatabase(url.href, { max: 10, name: "leeway-test" });
  afterAll(async () => {
    await handle.close();
    await administer(postgresUrl, `drop database if exists ${name} with (force)`);
  });
  return { ...handle, url: url.href };
}

let shared: Promise<DatabaseHandle> | undefined;

/** Runs `work` in a transaction of this worker's database that is always rolled back. */
export async function rolledBack(work: (db: Database) => Promise<void>): Promise<void> {
  shared ??= freshDatabase();
  const { db } = await shared;
  const undo = new Error("rolled back");
  await db
    .transaction(async (transaction) => {
      await work(transaction as unknown as Database);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
