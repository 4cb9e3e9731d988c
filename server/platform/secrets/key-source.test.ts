import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { StartError } from "#db/start-error.ts";
import { createKeyFile, readMasterKey, replaceKeyFile } from "./key-source.ts";
import { parseMasterKey, unwrapDataKey, wrapDataKey } from "./master-key.ts";

const key = Buffer.alloc(32, "key").toString("base64");
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leeway-key-"));
  path = join(folder, "inner", "secrets-key");
  return () => rm(folder, { recursive: true });
});

test("creates one key file for concurrent starts, readable by its owner only, and never replaces it", async () => {
  await Promise.all(Array.from({ length: 5 }, () => createKeyFile(path)));
  const text = await readFile(path, "utf8");
  expect(parseMasterKey(text)).toBeDefined();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await createKeyFile(path);
  expect(await readFile(path, "utf8")).toBe(text);
  expect(await readdir(join(folder, "inner"))).toEqual(["secrets-key"]);
});

test("reads the same key from a value, a file and a command", async () => {
  await createKeyFile(path);
  const first = await readFile(path, "utf8");
  await replaceKeyFile(path, key, `${path}.old`);
  expect(await readFile(`${path}.old`, "utf8")).toBe(first);
  expect((await stat(`${path}.old`)).mode & 0o777).toBe(0o600);
  const keys = await Promise.all([
    readMasterKey({ kind: "value", key }),
    readMasterKey({ kind: "file", path }),
    readMasterKey({ kind: "command", command: ["cat", path] }),
  ]);
  expect(new Set(keys.map((one) => one?.id)).size).toBe(1);
  expect(keys[0]?.id).toMatch(/^[0-9a-f]{16}$/);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("returns undefined for a missing file, and creates none", async () => {
  expect(await readMasterKey({ kind: "file", path })).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
});

test.each(["", "short", `${key}${key}`, "!".repeat(44)])(
  "rejects the key %j and says how to generate one",
  async (text) => {
    await expect(readMasterKey({ kind: "value", key: text })).rejects.toThrow(
      "SECRETS_KEY: must be 32 bytes in base64. Generate a key with: openssl rand -base64 32",
    );
  },
);

test("reports a failing command without its output, and passes no argument to a shell", async () => {
  const file = join(folder, "print");
  await writeFile(file, "");
  const failing = readMasterKey({ kind: "command", command: ["cat", `${folder}/missing`, ";", "echo", key] });
  await expect(failing).rejects.toThrow(StartError);
  await expect(failing).rejects.not.toThrow(key);
  await expect(readMasterKey({ kind: "command", command: [join(folder, "none")] })).rejects.toThrow(
    /none failed \(ENOENT\)/,
  );
  await expect(readMasterKey({ kind: "command", command: ["yes", key] })).rejects.toThrow(
    "SECRETS_KEY_COMMAND: yes failed",
  );
});

test("unwraps a data key only with the master key that wrapped it, and only as itself", () => {
  const [first, second] = [parseMasterKey(key), parseMasterKey(Buffer.alloc(32, "other").toString("base64"))];
  if (!first || !second) throw new Error("The keys are invalid.");
  const id = "3f0e7c1a-8c0e-4d1e-9a53-0d8a3c6c2b11";
  const dataKey = Buffer.alloc(32, "data");
  const wrapped = wrapDataKey(first, id, dataKey);
  expect(unwrapDataKey(first, wrapped)).toEqual(dataKey);
  expect(() => unwrapDataKey(second, wrapped)).toThrow();
  expect(() => unwrapDataKey(first, wrapped.replace("3f0e", "4f0e"))).toThrow();
});
