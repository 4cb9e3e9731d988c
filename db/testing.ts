import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, inject } from "vitest";
import { type Database, type DatabaseHandle, openDatabase } from "./client.ts";

/**
 * Clones the migrated template into a separate database and drops it after the test file.
 * For tests that need real commits, several connections, or LISTEN; other tests share the database of `rolledBack()`.
 */
export async function freshDatabase(): Promise<DatabaseHandle & { url: string }> {
  const database = await clone();
  afterAll(async () => {
    await database.close();
    await administer(`drop database if exists ${database.name} with (force)`);
  });
  return database;
}

/** Creates a database without a table in it, and drops it after the test file. @returns its URL */
export async function emptyDatabase(): Promise<string> {
  const name = `leeway_test_${randomUUID().replaceAll("-", "")}`;
  await administer(`create database ${name}`);
  afterAll(() => administer(`drop database ${name} with (force)`));
  const url = new URL(ownPostgres().url);
  url.pathname = name;
  return url.href;
}

/** Database shared by all files of this worker, which run in one process; server/testing/testing-setup.ts drops it with the template. */
let shared: Promise<DatabaseHandle> | undefined;

/** Runs `work` in a transaction of this worker's database that is always rolled back. */
export async function rolledBack(work: (db: Database) => Promise<void>): Promise<void> {
  shared ??= clone();
  const { db } = await shared;
  const undo = new Error("rolled back");
  await db
    .transaction(async (transaction) => {
      await work(transaction);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
}

/** The Postgres of this worker, which Vitest counts from 1. */
function ownPostgres() {
  const all = inject("postgres");
  const own = all[(Number(process.env.VITEST_POOL_ID) - 1) % all.length];
  if (!own) throw new Error("There is no Postgres for this worker.");
  return own;
}

async function clone(): Promise<DatabaseHandle & { name: string; url: string }> {
  const { template, url: postgresUrl } = ownPostgres();
  const name = `${template}_${randomUUID().slice(0, 8)}`;
  await administer(`create database ${name} template ${template}`);
  const url = new URL(postgresUrl);
  url.pathname = name;
  return { ...openDatabase(url.href, { max: 10, name: "leeway-test" }), name, url: url.href };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownPostgres().url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
