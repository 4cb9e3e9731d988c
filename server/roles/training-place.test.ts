import { createWriteStream } from "node:fs";
import { lstat, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { expect, onTestFinished, test } from "vitest";
import { ZipFile } from "yazl";
import { readConfig } from "#server/admin/settings/config.ts";
import { trainingPlace } from "./training-place.ts";

test("unpacks a package with what may be executed, without other rights and links", async () => {
  const folder = await mkdtemp(join(tmpdir(), "leeway-place-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const zip = new ZipFile();
  const modes = { "train.py": 0o100666, "bin/run": 0o100700, "as-root": 0o104755, link: 0o120644 };
  for (const [name, mode] of Object.entries(modes)) zip.addBuffer(Buffer.from("train.py"), name, { mode });
  zip.end();
  const path = join(folder, "package.zip");
  await pipeline(zip.outputStream as Readable, createWriteStream(path));

  const { unpack } = await trainingPlace(readConfig({ DATA_DIR: folder }));
  const mask = process.umask(0o077);
  await unpack(path, join(folder, "work")).finally(() => process.umask(mask));

  const found = Object.keys(modes).map(async (name) => [name, (await lstat(join(folder, "work", name))).mode]);
  expect(Object.fromEntries(await Promise.all(found))).toEqual({
    "train.py": 0o100644,
    "bin/run": 0o100755,
    "as-root": 0o100755,
    link: 0o100644,
  });
});
