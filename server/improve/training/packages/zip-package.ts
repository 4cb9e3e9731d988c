import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { newArchive } from "#server/base/zip/archive.ts";

/** Makes a package of files. The same files give the same bytes, so the same name. */
export async function zipPackage(files: ReadonlyMap<string, Buffer>): Promise<{ bytes: Buffer; sha256: string }> {
  const archive = newArchive({ isTimeless: true });
  const read = buffer(archive.output);
  for (const [path, content] of files) await archive.add(path, Readable.from([content]), true, content.length);
  archive.end();
  const bytes = await read;
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}
