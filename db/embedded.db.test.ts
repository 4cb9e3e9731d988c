import { appendFile, chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
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

test("what was committed before a clean stop is there after the next start", async () => {
  const first = await start();
  await query(first.url, "create table kept (word text); insert into kept values ('yes')");
  await first.stop();
  const second = await start();
  expect(await query(second.url, "select word from kept")).toEqual([{ word: "yes" }]);
});

test("a server that a killed Leeway left running is stopped, and nothing committed is lost", async () => {
  const abandoned = await start();
  await query(abandoned.url, "create table kept (word text); insert into kept values ('yes')");
  const next = await start();
  await abandoned.exited;
  expect(next.leftover).toBeGreaterThan(0);
  expect(await query(next.url, "select word from kept")).toEqual([{ word: "yes" }]);
});

test("the server asks for a password and listens on this machine only", async () => {
  const { url } = await start();
  expect(await query(url, "show listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
  const without = new URL(url);
  without.password = "guess";
  await expect(query(without.href, "select 1")).rejects.toThrow("password authentication failed");
});

test("a set-up that was cut off is done again", async () => {
  await mkdir(join(folder, "postgres.new", "base"), { recursive: true });
  const { url } = await start();
  expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
  expect(await readdir(folder)).not.toContain("postgres.new");
});

test("a folder of another major version is refused with what to do, and left as it is", async () => {
  const made = await start();
  await made.stop();
  await writeFile(join(folder, "postgres", "PG_VERSION"), "9\n");
  const refused = start();
  await expect(refused).rejects.toThrow(StartError);
  await expect(refused).rejects.toThrow(/contains data of Postgres 9, .* DATA_DIR/);
});

test("a folder with files of something else is refused and left as it is", async () => {
  await mkdir(join(folder, "postgres"));
  await writeFile(join(folder, "postgres", "thesis.tex"), "");
  await expect(start()).rejects.toThrow("is not a Postgres data folder");
  expect(await readdir(join(folder, "postgres"))).toEqual(["thesis.tex"]);
});

test("a server that ends at its start is reported with its own words", async () => {
  const made = await start();
  await made.stop();
  await appendFile(join(folder, "postgres", "postgresql.conf"), "shared_buffers = 'plenty'\n");
  await expect(start()).rejects.toThrow(/did not start in .*: configuration file/);
});
