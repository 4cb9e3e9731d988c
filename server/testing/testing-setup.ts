import { randomUUID } from "node:crypto";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { openDatabase } from "#db/client.ts";
import { migrateDatabase } from "#db/migrate.ts";
import { startTemporaryPostgres } from "#db/temporary.ts";
import { installQueues } from "../platform/jobs/queue.ts";
import { prepareSecrets } from "../platform/secrets/prepare-secrets.ts";
import { testKeySource } from "./test-key-source.ts";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
    templateDatabase: string;
  }
}

/** Starts a throw-away Postgres (or uses TEST_DATABASE_URL), migrates one template database and hands its name to the workers. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = process.env.TEST_DATABASE_URL
    ? { url: process.env.TEST_DATABASE_URL, stop: async () => {} }
    : await startTemporaryPostgres();
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
  project.provide("postgresUrl", postgres.url);
  project.provide("templateDatabase", template);
  return async () => {
    const { rows } = await admin.query("select datname from pg_database where starts_with(datname, $1)", [template]);
    for (const { datname } of rows) await admin.query(`drop database if exists ${datname} with (force)`);
    await admin.end();
    await postgres.stop();
  };
}
