import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { openOutput } from "./output-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leeway-output-"));
  return () => rm(folder, { recursive: true });
});

test("names a file in a folder after the time, readable by its user only, once it is complete", async () => {
  const output = await openOutput(folder, tmpdir(), new Date("2026-11-29T02:03:04.567Z"));
  output.stream.end("rows");
  expect(await readdir(folder)).toEqual(["leeway-20261129T020304Z.tar.partial"]);
  await output.complete();
  expect(await readdir(folder)).toEqual(["leeway-20261129T020304Z.tar"]);
  expect(await readFile(output.path, "utf8")).toBe("rows");
  expect((await stat(output.path)).mode & 0o777).toBe(0o600);
});

test("leaves nothing behind when it is discarded", async () => {
  const output = await openOutput(join(folder, "a.tar"), tmpdir());
  output.stream.write("half");
  await output.discard();
  expect(await readdir(folder)).toEqual([]);
});

test("replaces no file, and leaves that of another backup alone", async () => {
  await writeFile(join(folder, "a.tar"), "older");
  await expect(openOutput(join(folder, "a.tar"), tmpdir())).rejects.toThrow("a backup never replaces a file");
  await openOutput(join(folder, "b.tar"), tmpdir());
  await expect(openOutput(join(folder, "b.tar"), tmpdir())).rejects.toThrow("another backup is writing it");
  expect((await readdir(folder)).sort()).toEqual(["a.tar", "b.tar.partial"]);
});

test("says why a file cannot be created", async () => {
  await expect(openOutput(join(folder, "none", "a.tar"), tmpdir())).rejects.toThrow("cannot be written (ENOENT)");
  await expect(openOutput(`${join(folder, "none")}/`, tmpdir())).rejects.toThrow("does not exist");
});
