import { randomUUID } from "node:crypto";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { openDatabase } from "#db/client.ts";
import { migrateDatabase } from "#db/migrate.ts";
import { startTemporaryPostgres } from "#db/temporary.ts";
import { installQueues } from "../platform/jobs/queue.ts";
import { prepareSecrets } from "../platform/secrets/prepare-secrets.ts";
import { testKeySource } from "./test-key-source.ts";

interface TestPostgres {
  url: string;
  /** Migrated database of which tests get clones. */
  template: string;
}

declare module "vitest" {
  interface ProvidedContext {
    /** One for each worker. */
    postgres: TestPostgres[];
  }
}

/**
 * Starts a throw-away Postgres for each worker (or uses TEST_DATABASE_URL for all), and migrates one template database in each. Workers share
 * none: what follows rows by transaction waits for transactions of all databases of a Postgres.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const count = given ? 1 : project.config.maxWorkers;
  const prepared = await Promise.all(Array.from({ length: count }, () => preparePostgres(given)));
  project.provide(
    "postgres",
    prepared.map(({ url, template }) => ({ url, template })),
  );
  return async () => {
    await Promise.all(prepared.map(({ stop }) => stop()));
  };
}

async function preparePostgres(given: string | undefined): Promise<TestPostgres & { stop(): Promise<void> }> {
  const postgres = given ? { url: given, stop: async () => {} } : await startTemporaryPostgres();
  const template = `leeway_template_${randomUUID().replaceAll("-", "")}`;
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query(`create database ${template}`);
  const url = new URL(postgres.url);
  url.pathname = template;
  const handle = openDatabase(url.href, { max: 1, name: "leeway-test-template" });
  await migrateDatabase(handle.pool);
  await prepareSecrets(handle.db, testKeySource);
  await handle.close();
  await installQueues(url.href);
  return {
    url: postgres.url,
    template,
    stop: async () => {
      const { rows } = await admin.query("select datname from pg_database where starts_with(datname, $1)", [template]);
      for (const { datname } of rows) await admin.query(`drop database if exists ${datname} with (force)`);
      await admin.end();
      await postgres.stop();
    },
  };
}
