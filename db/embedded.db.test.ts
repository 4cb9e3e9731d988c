import { appendFile, chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { beforeEach, expect, test } from "vitest";
import { startEmbeddedPostgres } from "./embedded.ts";
import { StartError } from "./start-error.ts";

let folder: string;
let running: { stop(): Promise<void> }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leeway-embedded-"));
  await chmod(folder, 0o755);
  running = [];
  return async () => {
    // A server that is still writing would recreate files while they are being removed.
    for (const server of running) await server.stop();
    await rm(folder, { recursive: true });
  };
});

async function start() {
  const options = { dataFolder: join(folder, "postgres"), logFile: join(folder, "postgres.log"), isTemporary: true };
  const server = await startEmbeddedPostgres(options);
  running.push(server);
  return server;
}

async function query(url: string, statement: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

test("keeps committed data across a clean stop", async () => {
  const first = await start();
  await query(first.url, "create table kept (word text); insert into kept values ('yes')");
  await first.stop();
  const second = await start();
  expect(await query(second.url, "select word from kept")).toEqual([{ word: "yes" }]);
});

test("stops a server left running by a killed Leeway, without losing committed data", async () => {
  const abandoned = await start();
  await query(abandoned.url, "create table kept (word text); insert into kept values ('yes')");
  const next = await start();
  await abandoned.exited;
  expect(next.leftover).toBeGreaterThan(0);
  expect(await query(next.url, "select word from kept")).toEqual([{ word: "yes" }]);
});

test("requires a password and listens on localhost only", async () => {
  const { url } = await start();
  expect(await query(url, "show listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
  const without = new URL(url);
  without.password = "guess";
  await expect(query(without.href, "select 1")).rejects.toThrow("password authentication failed");
});

test("repeats an interrupted setup", async () => {
  await mkdir(join(folder, "postgres.new", "base"), { recursive: true });
  const { url } = await start();
  expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
  expect(await readdir(folder)).not.toContain("postgres.new");
});

test("rejects a folder of another major version with the fix, and leaves it unchanged", async () => {
  const made = await start();
  await made.stop();
  await writeFile(join(folder, "postgres", "PG_VERSION"), "9\n");
  const refused = start();
  await expect(refused).rejects.toThrow(StartError);
  await expect(refused).rejects.toThrow(/contains data of Postgres 9, .* DATA_DIR/);
});

test("rejects a folder with other files and leaves it unchanged", async () => {
  await mkdir(join(folder, "postgres"));
  await writeFile(join(folder, "postgres", "thesis.tex"), "");
  await expect(start()).rejects.toThrow("is not a Postgres data folder");
  expect(await readdir(join(folder, "postgres"))).toEqual(["thesis.tex"]);
});

test("reports the message of a server that exits at startup", async () => {
  const made = await start();
  await made.stop();
  await appendFile(join(folder, "postgres", "postgresql.conf"), "shared_buffers = 'plenty'\n");
  await expect(start()).rejects.toThrow(/did not start in .*: configuration file/);
});

test("gives roles a connection that owns the database, but reads no files, starts no programs and creates no roles", async () => {
  const { url } = await start();
  expect(
    await query(url, "select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user"),
  ).toEqual([{ rolsuper: false, rolcreaterole: false, rolcreatedb: false }]);
  for (const statement of [
    "select pg_read_file('PG_VERSION')",
    "select pg_ls_dir('.')",
    "copy (select 1) to program 'cat'",
    "copy (select 1) to '/tmp/leeway-test-copy'",
    "create role intruder superuser",
    "alter role leeway_app superuser",
    "set role leeway",
    "create database other",
    "alter system set log_statement = 'all'",
  ]) {
    await expect(query(url, statement), statement).rejects.toMatchObject({ code: "42501" });
  }
});

test("converts the folder of an older version, also after an interruption, and keeps its data", async () => {
  const first = await start();
  const statements = [
    // As it was: all of it belongs to the superuser.
    "alter database leeway owner to leeway",
    "create schema boss",
    "create type boss.mood as enum ('calm')",
    "create table boss.kept (id int generated always as identity, old serial, mood boss.mood) partition by list (mood)",
    "create table boss.kept_calm partition of boss.kept for values in ('calm')",
    "create function boss.twice(n int) returns int language sql as 'select 2 * n'",
    "create view boss.seen as select mood from boss.kept",
    "create materialized view boss.copied as select mood from boss.kept",
    "create sequence boss.alone",
    "insert into boss.kept (mood) values ('calm')",
  ];
  for (const statement of statements) await query(first.adminUrl, statement);
  await expect(query(first.url, "drop view boss.seen")).rejects.toMatchObject({ code: "42501" });
  await first.stop();
  await rm(join(folder, "postgres", "leeway-app-password"));
  const second = await start();
  expect(await query(second.url, "select id, old, mood from boss.kept")).toEqual([{ id: 1, old: 1, mood: "calm" }]);
  const owned = await query(
    second.adminUrl,
    "select relname from pg_class where relnamespace = 'boss'::regnamespace and relowner <> 'leeway_app'::regrole",
  );
  expect(owned).toEqual([]);
  for (const statement of [
    "alter type boss.mood add value 'tense'",
    "drop function boss.twice",
    "drop schema boss cascade",
  ]) {
    await query(second.url, statement);
  }
  const modes = ["leeway-password", "leeway-app-password"].map(
    async (name) => (await stat(join(folder, "postgres", name))).mode & 0o777,
  );
  expect(await Promise.all(modes)).toEqual([0o600, 0o600]);
});
