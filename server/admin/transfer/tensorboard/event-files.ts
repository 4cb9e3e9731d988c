import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { DomainError } from "#server/base/errors.ts";
import type { ZipFolder } from "../zip/open-zip.ts";

export interface EventFile {
  name: string;
  open(): Promise<Readable>;
  /** Changes when the content does. */
  mark(): Promise<string>;
}

/** Returns the event files of a zip by folder, each of which is a run. @throws DomainError "invalid" if there are none. */
export function eventFilesOfZip(zip: ZipFolder): Map<string, EventFile[]> {
  const found = zip.below("").filter(({ path }) => isEventFile(path));
  if (found.length === 0) {
    throw new DomainError("invalid", "No event files found in the zip: no file name contains “tfevents”.");
  }
  const files = found.map(({ path, sizeBytes, crc32, open }) => ({
    folder: path.slice(0, Math.max(0, path.lastIndexOf("/"))),
    file: { name: path.slice(path.lastIndexOf("/") + 1), open, mark: async () => `${sizeBytes}-${crc32}` },
  }));
  return new Map(
    [...Map.groupBy(files, ({ folder }) => folder)].map(([folder, inside]) => [folder, inside.map(({ file }) => file)]),
  );
}

/** Returns one event file on the local disk as one run. */
export async function singleEventFile(path: string, name: string): Promise<Map<string, EventFile[]>> {
  const { size } = await stat(path);
  const mark = async () => {
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return `${size}-${hash.digest("hex")}`;
  };
  return new Map([["", [{ name, open: async () => createReadStream(path), mark }]]]);
}

function isEventFile(path: string): boolean {
  return path.slice(path.lastIndexOf("/") + 1).includes("tfevents");
}
