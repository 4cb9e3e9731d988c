import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { BackupError } from "#server/admin/backup/format.ts";

/** Where a backup goes. */
export interface OutputFile {
  /** Absolute; "-" for standard output. */
  path: string;
  stream: Writable;
  /** For a file beside it that is needed in the meantime. */
  besidePath: string;
  /** Waits until the ended stream is synced to disk, and gives the file its name. */
  complete(): Promise<void>;
  /** Removes the file. */
  discard(): Promise<void>;
}

/**
 * Opens the output under a temporary name, readable by its user only.
 * @param target file, folder (in which the file is named after the time), or "-"
 * @throws BackupError when the file exists or cannot be created.
 */
export async function openOutput(target: string, temporaryFolder: string, now = new Date()): Promise<OutputFile> {
  if (target === "-") {
    const beside = join(temporaryFolder, `leeway-backup-${process.pid}`);
    const nothing = async () => {};
    return { path: target, stream: process.stdout, besidePath: beside, complete: nothing, discard: nothing };
  }
  const path = await fileOf(resolve(target), target.endsWith("/"), now);
  if (await stat(path).catch(() => undefined)) {
    throw new BackupError(`${path} exists. Choose another name: a backup never replaces a file.`);
  }
  const partial = `${path}.partial`;
  const stream = createWriteStream(partial, { flags: "wx", mode: 0o600, flush: true, highWaterMark: 2 ** 20 });
  await once(stream, "open").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "EEXIST") {
      throw new BackupError(
        `${partial} exists: another backup is writing it, or was interrupted. Remove it if none is running.`,
      );
    }
    throw new BackupError(`${partial} cannot be written (${cause.code}).`, { cause });
  });
  // Whoever writes learns of an error; without this, one in between would end the process.
  stream.on("error", () => {});
  return {
    path,
    stream,
    besidePath: partial,
    complete: () => complete(stream, partial, path),
    discard: async () => {
      stream.destroy();
      // Not `once`, which rejects with the error of a write that was cut off.
      if (!stream.closed) await new Promise<void>((resolve) => stream.once("close", resolve));
      await rm(partial, { force: true });
    },
  };
}

async function complete(stream: WriteStream, partial: string, path: string): Promise<void> {
  await finished(stream);
  await rename(partial, path);
  const folder = await open(dirname(path), "r");
  await folder.sync().finally(() => folder.close());
}

async function fileOf(target: string, isNamedAsFolder: boolean, now: Date): Promise<string> {
  const info = await stat(target).catch(() => undefined);
  if (!info && isNamedAsFolder) throw new BackupError(`The folder ${target} does not exist.`);
  if (!info?.isDirectory()) return target;
  const time = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
  return join(target, `leeway-${time}Z.tar`);
}
