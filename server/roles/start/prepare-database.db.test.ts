import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, afterEach, expect, test } from "vitest";
import { openDatabase } from "#db/client.ts";
import { startEmbeddedPostgres } from "#db/embedded.ts";
import { users } from "#db/schema/index.ts";
import { emptyDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { signInWithPassword } from "#server/platform/identity/sign-in/sign-in-with-password.ts";
import { changePassword } from "#server/platform/identity/users/change-password.ts";
import { setMasterKey } from "#server/platform/secrets/key-ring.ts";
import { originOf } from "#server/platform/secrets/key-source.ts";
import { type MasterKey, parseMasterKey } from "#server/platform/secrets/master-key.ts";
import { testKeySource } from "#server/testing/test-key-source.ts";
import { greeting } from "./greeting.ts";
import { prepareDatabase } from "./prepare-database.ts";

const folder = await mkdtemp(join(tmpdir(), "leeway-prepare-"));
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => setMasterKey(parseMasterKey(testKeySource.key) as MasterKey, originOf(testKeySource)));

let count = 0;
const newConfig = (env: Record<string, string> = {}) =>
  readConfig({ ...env, DATA_DIR: join(folder, String(count++), "data") });

test("sets up everything as the owner of the embedded database: schema, jobs, keys, notifications, copies and locks", async () => {
  await chmod(folder, 0o755);
  const options = { dataFolder: join(folder, "postgres"), logFile: join(folder, "postgres.log"), isTemporary: true };
  const server = await startEmbeddedPostgres(options);
  const { pool, close } = openDatabase(server.url, { max: 3, name: "leeway-test" });
  try {
    expect((await prepareDatabase(newConfig(), server.url)).email).toBe("admin@leeway.local");
    const client = await pool.connect();
    await client.query("listen moved");
    const received = once(client, "notification");
    await pool.query("select pg_notify('moved', 'x'), pg_try_advisory_lock(1)");
    expect(await received).toMatchObject([{ channel: "moved" }]);
    client.release();
  } finally {
    await close();
    await server.stop();
  }
});

test("writes the first password and token to a file of its owner, and removes it after the sign-in", async () => {
  const config = newConfig();
  const url = await emptyDatabase();
  const first = await prepareDatabase(config, url);
  const file = join(config.dataDir, "first-sign-in.env");
  const text = await readFile(file, "utf8");
  expect(text.split("\n").slice(1)).toEqual([
    "EMAIL=admin@leeway.local",
    `PASSWORD=${first.password}`,
    `MLFLOW_TRACKING_TOKEN=${first.token}`,
    "",
  ]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(config.dataDir, "secrets-key"))).mode & 0o777).toBe(0o600);
  expect(await prepareDatabase(config, url)).toMatchObject({ hasFile: true, email: "admin@leeway.local" });

  const { db, close } = openDatabase(url, { max: 2, name: "leeway-test" });
  try {
    const { email, password = "" } = first;
    await signInWithPassword(db, { email, password, address: "192.0.2.1" });
    expect((await prepareDatabase(config, url)).hasFile).toBe(true);
    const [user] = await db.select().from(users).where(eq(users.email, email));
    const actor = {
      kind: "user",
      id: user?.id ?? "",
      name: "Admin",
      workspaceId: first.workspaceId,
      role: "admin",
    } as const;
    await changePassword({ db, actor }, { currentPassword: password, newPassword: "fair-winds-and-following" });
    expect((await prepareDatabase(config, url)).hasFile).toBe(false);
    await expect(readFile(file)).rejects.toThrow("ENOENT");
  } finally {
    await close();
  }
});

test("prints secrets to a terminal only, and otherwise where they are", () => {
  const config = newConfig();
  const first = {
    workspaceId: "w",
    email: "a@x.test",
    password: "the-password",
    token: "lw_token",
    hasFile: true,
    restored: undefined,
  };
  const shown = greeting(config, first, true);
  expect(shown).toContain("the-password");
  expect(shown).toContain("export MLFLOW_TRACKING_TOKEN=lw_token");
  const logged = greeting(config, first, false);
  expect(logged).not.toMatch(/the-password|lw_token/);
  expect(logged).toContain(join(config.dataDir, "first-sign-in.env"));
  expect(
    greeting(config, { workspaceId: "w", email: "a@x.test", hasFile: false, restored: undefined }, true),
  ).not.toContain("first-sign-in");
});

test("refuses another data folder without the key of the database", async () => {
  const url = await emptyDatabase();
  await prepareDatabase(newConfig(), url);
  const elsewhere = newConfig();
  await expect(prepareDatabase(elsewhere, url)).rejects.toThrow(
    `SECRETS_KEY_FILE: ${join(elsewhere.dataDir, "secrets-key")} does not exist, but secrets in the database are encrypted`,
  );
});
