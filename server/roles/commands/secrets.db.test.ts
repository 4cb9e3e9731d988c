import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asc } from "drizzle-orm";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { auditEvents, encryptionKeys } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { sessionSecret } from "#server/platform/identity/session-secret.ts";
import { setMasterKey } from "#server/platform/secrets/key-ring.ts";
import { originOf } from "#server/platform/secrets/key-source.ts";
import { type MasterKey, parseMasterKey } from "#server/platform/secrets/master-key.ts";
import { prepareSecrets } from "#server/platform/secrets/prepare-secrets.ts";
import { testKeySource } from "#server/testing/test-key-source.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { secrets } from "./secrets.ts";

const folder = await mkdtemp(join(tmpdir(), "leeway-secrets-"));
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => setMasterKey(parseMasterKey(testKeySource.key) as MasterKey, originOf(testKeySource)));

let said: string;
beforeEach(() => {
  said = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
});

/** An installation with a key of its own, and a session secret. */
async function installation(name: string, env: Record<string, string> = {}) {
  const { db, url } = await freshDatabase();
  await db.delete(encryptionKeys);
  await newWorkspace(db);
  const config = readConfig({ DATA_DIR: join(folder, name), DATABASE_URL: url, ...env });
  await prepareSecrets(db, config.secretsKey);
  const secret = await sessionSecret(db, undefined);
  const actions = async () =>
    (await db.select().from(auditEvents).orderBy(asc(auditEvents.id))).map(({ action }) => action);
  return { db, config, secret, actions };
}

test("rotates the data key and then the master key in its file, and records both", async () => {
  const { db, config, secret, actions } = await installation("rotate");
  const keyFile = join(config.dataDir, "secrets-key");
  const newKeyFile = join(folder, "new-key");
  const before = await readFile(keyFile, "utf8");
  await secrets(["rotate"], config);
  await secrets(["rotate", "--new-key-file", newKeyFile], config);
  expect(await readFile(keyFile, "utf8")).not.toBe(before);
  expect(await readFile(keyFile, "utf8")).toBe(await readFile(newKeyFile, "utf8"));
  // Interrupted after the file was replaced, it is run again.
  await secrets(["rotate", "--new-key-file", newKeyFile], config);
  await secrets(["verify"], config);
  expect(said).toContain("Decrypted 1 secrets.");
  await prepareSecrets(db, config.secretsKey);
  expect(await sessionSecret(db, undefined)).toBe(secret);
  expect(await actions()).toEqual([
    "secrets.data-key-rotated",
    "secrets.master-key-rotated",
    "secrets.master-key-rotated",
  ]);
  expect(said).not.toContain(before.trim());
  const { id } = parseMasterKey(before) as MasterKey;
  expect(await readFile(`${keyFile}.${id}`, "utf8")).toBe(before);
});

test("keeps both master keys valid until a configured one was changed and the command repeated", async () => {
  const { db, config, secret } = await installation("value", { SECRETS_KEY: Buffer.alloc(32, "a").toString("base64") });
  const newKeyFile = join(folder, "value-key");
  await secrets(["rotate", "--new-key-file", newKeyFile], config);
  expect(said).toContain("Both master keys are valid now. Set SECRETS_KEY to the key in ");
  const next = { ...config, secretsKey: { kind: "value" as const, key: await readFile(newKeyFile, "utf8") } };
  for (const { secretsKey } of [config, next]) {
    await prepareSecrets(db, secretsKey);
    expect(await sessionSecret(db, undefined)).toBe(secret);
  }
  await secrets(["rotate", "--new-key-file", newKeyFile], next);
  await expect(secrets(["verify"], config)).rejects.toThrow("SECRETS_KEY: the secrets in the database are encrypted");
  await secrets(["verify"], next);
});

test.each([[[]], [["rotate", "now"]], [["verify", "--new-key-file", "x"]], [["discard"]], [["rotate", "--unknown"]]])(
  "rejects the arguments %j with its usage",
  async (args) => {
    await expect(secrets(args, readConfig({}))).rejects.toThrow("Usage:");
  },
);
