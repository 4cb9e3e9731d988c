import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { DomainError } from "#server/base/errors.ts";
import type { SourceFile } from "../source.ts";
import type { ZipFolder } from "../zip/open-zip.ts";
import { type ArtifactLine, pathInZip } from "./format.ts";

/** An exported file, which fails at its end when its content is not what was written. */
export interface CheckedFile extends SourceFile {
  sha256: string;
}

/** Opens the file described by a line of artifacts.jsonl. */
export function artifactFile(zip: ZipFolder, line: ArtifactLine): CheckedFile {
  const { path, sizeBytes, sha256 } = line;
  async function open(): Promise<Readable> {
    const entry = zip.find(pathInZip(line));
    if (!entry) throw new DomainError("not-found", "Missing in the zip.");
    return Readable.from(checked(await entry.open(), sha256));
  }
  return { path, sizeBytes, sha256, open };
}

async function* checked(body: Readable, sha256: string): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  for await (const chunk of body as AsyncIterable<Buffer>) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest("hex") !== sha256) throw new DomainError("invalid", "Its content differs from what was exported.");
}

/** Changes when a thing or one of its files does. */
export function fingerprintOf(thing: unknown, files: readonly SourceFile[]): string {
  return createHash("sha256")
    .update(JSON.stringify([thing, files]))
    .digest("hex");
}
