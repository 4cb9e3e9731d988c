import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq, sql } from "drizzle-orm";
import { afterEach, expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { encryptionKeys, systemValues, webhooks } from "#db/schema/index.ts";
import type { StoredSecret } from "#db/schema/stored-secret.ts";
import { freshDatabase } from "#db/testing.ts";
import { testKeySource } from "#server/testing/test-key-source.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { activeKeyIds, createDataKey } from "./data-keys.ts";
import { decryptSecret } from "./decrypt-secret.ts";
import { discardSecrets } from "./discard-secrets.ts";
import { encryptReadable } from "./encrypt-readable.ts";
import { encryptSecret } from "./encrypt-secret.ts";
import { masterKey, setMasterKey } from "./key-ring.ts";
import { createKeyFile, originOf } from "./key-source.ts";
import { type MasterKey, parseMasterKey } from "./master-key.ts";
import { prepareSecrets } from "./prepare-secrets.ts";
import { checkAll, countOf, reencrypt } from "./reencrypt.ts";
import { rotateDataKey } from "./rotate-data-key.ts";
import { dropOtherMasters, wrapWithNewMaster } from "./rotate-master-key.ts";

const testMaster = parseMasterKey(testKeySource.key) as MasterKey;
// Other files of this process use the key of the tests.
afterEach(() => setMasterKey(testMaster, originOf(testKeySource)));

const newKey = () => randomBytes(32).toString("base64");
const asStored = (text: string) => text as unknown as StoredSecret;

/** Stores a webhook with a readable secret, as a version before encryption did. */
async function readableWebhook(db: Database, workspaceId: string, secret: string): Promise<string> {
  const values = { workspaceId, name: secret, url: "https://x.test", events: [], secret: asStored(secret) };
  const [row] = await db.insert(webhooks).values(values).returning({ id: webhooks.id });
  return row?.id ?? "";
}

async function storedSecret(db: Database, id: string): Promise<StoredSecret> {
  const [row] = await db.select().from(webhooks).where(eq(webhooks.id, id));
  return row?.secret as StoredSecret;
}

const secretOf = async (db: Database, id: string) =>
  decryptSecret(db, "webhooks.secret", id, await storedSecret(db, id));

/** A database with one readable secret more than a batch, and the two secret values of the system. */
async function olderInstallation() {
  const { db } = await freshDatabase();
  const { workspaceId } = (await newWorkspace(db)).actor;
  const ids = new Map<string, string>();
  for (let index = 0; index < 101; index++) {
    const secret = `readable-${index}`;
    ids.set(await readableWebhook(db, workspaceId, secret), secret);
  }
  await db.insert(systemValues).values([
    { key: "session-secret", value: "readable-session" },
    { key: "bundle-key", value: { privateKey: "readable-key", createdAt: "2026-01-01T00:00:00Z" } },
    { key: "default-prices", value: { currency: "EUR" } },
  ]);
  return { db, ids };
}

async function readsEverything(db: Database, ids: ReadonlyMap<string, string>): Promise<void> {
  for (const [id, secret] of ids) expect(await secretOf(db, id)).toBe(secret);
  expect((await checkAll(db)).failed).toEqual([]);
}

test("encrypts readable secrets once, in two workers at the same time, and nothing else", async () => {
  const { db, ids } = await olderInstallation();
  await readsEverything(db, ids);
  await Promise.all([encryptReadable(db), encryptReadable(db)]);
  expect(await checkAll(db)).toEqual({ count: 103, failed: [], readable: [] });
  await readsEverything(db, ids);
  const { rows } = await db.execute<{ text: string }>(
    sql`select w::text as text from webhooks w union all select s::text from system_values s`,
  );
  const text = rows
    .map((row) => row.text)
    .join("\n")
    .replaceAll(/readable-\d+,/g, "");
  expect(text).not.toContain("readable-session");
  expect(text).not.toContain("readable-key");
  expect(text).toContain("EUR");
  expect(rows.filter((row) => row.text.includes("enc:v1:"))).toHaveLength(103);
  expect((await reencrypt(db)).count).toBe(0);
});

test("rejects a secret that was copied to another row or column", async () => {
  const { db } = await freshDatabase();
  const stored = await encryptSecret(db, "webhooks.secret", "1", "word");
  expect(await decryptSecret(db, "webhooks.secret", "1", stored)).toBe("word");
  await expect(decryptSecret(db, "webhooks.secret", "2", stored)).rejects.toThrow("webhooks.secret of row 2");
  await expect(decryptSecret(db, "webhooks.previous_secret", "1", stored)).rejects.toThrow("cannot be decrypted");
});

test("rotates the data key, and keeps everything readable for a process that knows only the old one", async () => {
  const { db, ids } = await olderInstallation();
  await encryptReadable(db);
  const [old = ""] = await activeKeyIds(db);
  const { keyId, count, retired } = await rotateDataKey(db);
  expect({ count, retired }).toEqual({ count: 103, retired: 1 });
  expect(await countOf(db, old)).toBe(0);
  expect(await countOf(db, keyId)).toBe(103);
  expect(await activeKeyIds(db)).toEqual([keyId]);
  setMasterKey(testMaster, originOf(testKeySource));
  await readsEverything(db, ids);
});

test("continues an interrupted rotation with its key", async () => {
  const { db, ids } = await olderInstallation();
  await encryptReadable(db);
  const started = await createDataKey(db, masterKey());
  const [first = ""] = ids.keys();
  // Stopped after one value.
  const again = await encryptSecret(db, "webhooks.secret", first, await secretOf(db, first));
  await db.update(webhooks).set({ secret: again }).where(eq(webhooks.id, first));
  await readsEverything(db, ids);
  expect(await rotateDataKey(db)).toMatchObject({ keyId: started, count: 102, retired: 1 });
  await readsEverything(db, ids);
});

test("keeps the old key active while a value cannot be decrypted, and names its place", async () => {
  const { db, ids } = await olderInstallation();
  await encryptReadable(db);
  const [first = "", second = ""] = ids.keys();
  await db
    .update(webhooks)
    .set({ secret: await storedSecret(db, second) })
    .where(eq(webhooks.id, first));
  const failed = [{ column: "webhooks.secret", row: first }];
  expect(await rotateDataKey(db)).toMatchObject({ count: 102, failed, retired: 0 });
  expect(await checkAll(db)).toMatchObject({ count: 102, failed });
  await db.update(webhooks).set({ secret: null }).where(eq(webhooks.id, first));
  expect(await rotateDataKey(db)).toMatchObject({ count: 0, failed: [], retired: 1 });
});

test("a secret stored during a rotation is encrypted with the new key in the end", async () => {
  const { db, ids } = await olderInstallation();
  await encryptReadable(db);
  const [old = ""] = await activeKeyIds(db);
  const [first = ""] = ids.keys();
  const holds = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const writing = db.transaction(async (db) => {
    const secret = await encryptSecret(db, "webhooks.secret", first, "late");
    holds.resolve();
    await released.promise;
    await db.update(webhooks).set({ secret }).where(eq(webhooks.id, first));
  });
  await holds.promise;
  const rotating = rotateDataKey(db);
  // Everything else is done; the old key waits for the transaction that still uses it.
  await expect.poll(() => countOf(db, old), { timeout: 30_000 }).toBe(0);
  released.resolve();
  await Promise.all([writing, rotating]);
  expect(await countOf(db, old)).toBe(0);
  expect(await secretOf(db, first)).toBe("late");
});

test("reads everything with either master key between the steps of its replacement", async () => {
  const { db, ids } = await olderInstallation();
  await encryptReadable(db);
  const key = newKey();
  const next = parseMasterKey(key) as MasterKey;
  expect(await wrapWithNewMaster(db, testMaster, next)).toBe(1);
  expect(await wrapWithNewMaster(db, testMaster, next)).toBe(0);
  await expect(rotateDataKey(db)).rejects.toThrow("The master key is being replaced");
  for (const source of [testKeySource, { kind: "value" as const, key }]) {
    await prepareSecrets(db, source);
    await readsEverything(db, ids);
  }
  expect(await dropOtherMasters(db, next)).toBe(1);
  expect(await dropOtherMasters(db, next)).toBe(0);
  await readsEverything(db, ids);
  await expect(prepareSecrets(db, testKeySource)).rejects.toThrow(
    /^SECRETS_KEY: the secrets in the database are encrypted with another key/,
  );
});

test("does not drop the old master key before the new one encrypts every data key", async () => {
  const { db } = await freshDatabase();
  const next = parseMasterKey(newKey()) as MasterKey;
  await expect(dropOtherMasters(db, next)).rejects.toThrow("Run the rotation again with the old key");
  expect(await db.$count(encryptionKeys)).toBe(1);
});

test("a running process reads the replaced key file when it meets a data key that it cannot decrypt", async () => {
  const { db, ids } = await olderInstallation();
  await encryptReadable(db);
  const folder = await mkdtemp(join(tmpdir(), "leeway-secrets-"));
  try {
    const path = join(folder, "secrets-key");
    await createKeyFile(path);
    const text = await readFile(path, "utf8");
    const next = parseMasterKey(text) as MasterKey;
    await wrapWithNewMaster(db, testMaster, next);
    await dropOtherMasters(db, next);
    setMasterKey(testMaster, originOf({ kind: "file", path }));
    await readsEverything(db, ids);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("creates one key file and one data key when several processes start at once", async () => {
  const { db } = await freshDatabase();
  await db.delete(encryptionKeys);
  const folder = await mkdtemp(join(tmpdir(), "leeway-secrets-"));
  try {
    const source = { kind: "file" as const, path: join(folder, "data", "secrets-key") };
    await Promise.all(Array.from({ length: 4 }, () => prepareSecrets(db, source)));
    expect(await db.$count(encryptionKeys)).toBe(1);
    const stored = await encryptSecret(db, "webhooks.secret", "1", "word");
    await prepareSecrets(db, source);
    expect(await decryptSecret(db, "webhooks.secret", "1", stored)).toBe("word");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("refuses a missing key file beside data keys, and creates none", async () => {
  const { db } = await freshDatabase();
  const path = join(tmpdir(), `leeway-no-key-${process.pid}`);
  await expect(prepareSecrets(db, { kind: "file", path })).rejects.toThrow(
    `SECRETS_KEY_FILE: ${path} does not exist, but secrets in the database are encrypted with a key.`,
  );
  await expect(readFile(path)).rejects.toThrow("ENOENT");
  await expect(prepareSecrets(db, { kind: "value", key: newKey() })).rejects.toThrow("encrypted with another key");
});

test("creates no key file for a role that runs alone", async () => {
  const { db } = await freshDatabase();
  await db.delete(encryptionKeys);
  const path = join(tmpdir(), `leeway-no-key-${process.pid}`);
  await expect(prepareSecrets(db, { kind: "file", path }, false)).rejects.toThrow(
    "SECRETS_KEY: required to run a single role",
  );
  await expect(readFile(path)).rejects.toThrow("ENOENT");
  await prepareSecrets(db, { kind: "value", key: newKey() }, false);
  expect(await db.$count(encryptionKeys)).toBe(1);
});

test("discards encrypted secrets and their keys, so that a start with another key works again", async () => {
  const { db, ids } = await olderInstallation();
  await encryptReadable(db);
  const [first = ""] = ids.keys();
  await db
    .update(webhooks)
    .set({ secret: asStored("readable") })
    .where(eq(webhooks.id, first));
  expect(await discardSecrets(db)).toBe(102);
  const left = await db.select({ key: systemValues.key }).from(systemValues).orderBy(systemValues.key);
  expect(left.map(({ key }) => key)).toEqual(["default-prices", "oldest-compatible-migration"]);
  await prepareSecrets(db, { kind: "value", key: newKey() });
  await encryptReadable(db);
  expect(await secretOf(db, first)).toBe("readable");
  expect(await checkAll(db)).toEqual({ count: 1, failed: [], readable: [] });
});
