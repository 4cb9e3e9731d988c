import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { DomainError } from "#server/base/errors.ts";
import type { ZipFolder } from "../zip/open-zip.ts";
import { formatVersion, Manifest } from "./format.ts";

/**
 * Checks that a zip is an export of Leeway and that its files match the manifest, and extracts them into a folder; artifacts stay in the
 * zip. @throws DomainError "invalid" with the problem.
 */
export async function unpack(zip: ZipFolder, folder: string): Promise<Manifest> {
  const manifest = await readManifest(zip);
  if (manifest.version > formatVersion) {
    throw new DomainError(
      "invalid",
      "The export was created by a newer version of Leeway. Update this instance, or import it there.",
    );
  }
  for (const { path, sha256 } of manifest.files) {
    const entry = zip.find(path);
    if (!entry || !/^[\w-]+\.(parquet|jsonl)$/.test(path)) throw new DomainError("invalid", `${path} is missing.`);
    const hash = createHash("sha256");
    await pipeline(
      await entry.open(),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(join(folder, path)),
    );
    if (hash.digest("hex") !== sha256) throw new DomainError("invalid", `${path} has been modified.`);
  }
  return manifest;
}

async function readManifest(zip: ZipFolder): Promise<Manifest> {
  const text = await zip.text("manifest.json");
  try {
    return Manifest.parse(JSON.parse(text ?? ""));
  } catch (cause) {
    throw new DomainError("invalid", "The zip is not a Leeway export: it has no manifest.", { cause });
  }
}
