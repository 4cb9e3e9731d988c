import { execFileSync } from "node:child_process";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startTemporaryPostgres } from "#db/temporary.ts";
import { launch, newEnvironment } from "./leeway.ts";

let postgres: Awaited<ReturnType<typeof startTemporaryPostgres>>;
beforeAll(async () => {
  postgres = await startTemporaryPostgres();
});
afterAll(() => postgres.stop());

/** Returns the output of a start that must fail: never a stack trace, never exit code 0. */
async function refusalOf(env: Record<string, string>, ...args: string[]): Promise<string> {
  const leeway = launch(env, ...args);
  expect(await leeway.ended()).toBe(1);
  expect(leeway.output()).not.toMatch(/^ +at /m);
  return leeway.output();
}

async function occupy(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
}

test.each(["PORT", "GATEWAY_PORT", "WORKER_PORT", "FEAST_PORT"])(
  "reports %s in use before slow setup starts",
  async (variable) => {
    const env = await newEnvironment();
    await occupy(Number(env[variable]));
    const output = await refusalOf(env);
    expect(output).toContain(`${variable}: port ${env[variable]} is already in use`);
    expect(output).not.toContain("Building");
    await expect(stat(join(env.DATA_DIR as string, "postgres"))).rejects.toThrow("ENOENT");
  },
);

test("rejects a data folder that cannot be created", async () => {
  const env = await newEnvironment();
  const file = join(env.DATA_DIR as string, "..", "a-file");
  await writeFile(file, "");
  expect(await refusalOf({ ...env, DATA_DIR: join(file, "data") })).toContain("DATA_DIR: ");
});

test("rejects a data folder of another Postgres version", async () => {
  const env = await newEnvironment();
  const folder = join(env.DATA_DIR as string, "postgres");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "PG_VERSION"), "12\n");
  expect(await refusalOf(env)).toContain("contains data of Postgres 12");
});

test("rejects a database migrated by a newer Leeway", async () => {
  const env = { ...(await newEnvironment()), DATABASE_URL: postgres.url };
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query("create schema if not exists drizzle");
  await client.query("create table drizzle.__drizzle_migrations (id serial, hash text, created_at bigint)");
  await client.query("insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 9000000000000)");
  await client.end();
  expect(await refusalOf(env)).toContain("migrated by a newer version of Leeway");
});

test("rejects a missing database and a wrong password", async () => {
  const env = await newEnvironment();
  const url = new URL(postgres.url);
  url.pathname = "nowhere";
  expect(await refusalOf({ ...env, DATABASE_URL: url.href })).toContain('database "nowhere" does not exist');
  url.password = "guess";
  expect(await refusalOf({ ...env, DATABASE_URL: url.href })).toContain("DATABASE_URL: cannot connect");
});

test("rejects an invalid variable", async () => {
  const env = await newEnvironment();
  expect(await refusalOf({ ...env, LOG_LEVEL: "loud" })).toContain("LOG_LEVEL: ");
});

test("rejects a single role without a database, and an unknown role", async () => {
  const env = await newEnvironment();
  expect(await refusalOf(env, "web")).toContain("DATABASE_URL: required to run a single role");
  expect(await refusalOf(env, "wbe")).toContain('Unknown role "wbe". Roles: web, gateway, worker');
});

test("logs that it waits for an unreachable database, then reports it with the fix", async () => {
  const env = await newEnvironment();
  const output = await refusalOf({ ...env, DATABASE_URL: "postgres://leeway@127.0.0.1:1/leeway" });
  expect(output.match(/database\.waiting/g)).toHaveLength(1);
  expect(output).toContain("DATABASE_URL: cannot connect to 127.0.0.1:1/leeway: ");
  expect(output).toContain("Start Postgres or correct the variable");
  expect(output).not.toContain("Building");
});

/** Mounts a disk of that size at a folder until the test ends. @returns false if this user may not mount one. */
function mounted(folder: string, size: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=755`, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return false;
  }
  onTestFinished(() => void execFileSync("umount", [folder]));
  return true;
}

test.for(["full from the start", "too small for Postgres"])("rejects a disk that is %s", async (how, { skip }) => {
  const env = await newEnvironment();
  const disk = join(env.DATA_DIR as string, "..", "disk");
  await mkdir(disk);
  if (!mounted(disk, "20m")) return skip("mounting is for root");
  if (how === "full from the start") await writeFile(join(disk, "large"), Buffer.alloc(21 * 2 ** 20)).catch(() => {});
  const output = await refusalOf({ ...env, DATA_DIR: join(disk, "data") });
  expect(output).toMatch(/DATA_DIR: the disk of \S+ is full/);
  expect(output).toContain("set DATA_DIR to a folder on another disk");
});
