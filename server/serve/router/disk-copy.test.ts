import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { configureLog } from "#server/base/log.ts";
import { loadCopy, saveCopy } from "./disk-copy.ts";

configureLog({ role: "test", level: "silent" });

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "leeway-copy-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "copy.json");
}

test("stores a text in parts, for its owner only, and leaves no other file behind", async () => {
  const path = newPath();
  await saveCopy(path, ["[1,", "2]"]);
  await saveCopy(path, ["[3,", "4]"]);
  expect(loadCopy(path, Array.isArray)).toEqual([3, 4]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(path, ".."))).toEqual(["copy.json"]);
});

test.each([
  ["torn", '[{"name":"dig'],
  ["empty", ""],
  ["full of zero bytes", "\0".repeat(512)],
  ["of another structure", '{"routes":[]}'],
])("treats a copy that is %s as absent", (_, text) => {
  const path = newPath();
  writeFileSync(path, text);
  expect(loadCopy(path, Array.isArray)).toBeUndefined();
});

test("keeps the earlier copy when a new one fails", async () => {
  const path = newPath();
  await saveCopy(path, ["[1]"]);
  const failing = function* () {
    yield "[2";
    throw new Error("broken");
  };
  await expect(saveCopy(path, failing())).rejects.toThrow("broken");
  expect(readFileSync(path, "utf8")).toBe("[1]");
});
