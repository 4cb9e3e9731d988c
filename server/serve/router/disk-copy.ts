import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { log } from "#server/base/log.ts";

/**
 * Stores a text for a start without Postgres. Readable by the owner only. After a crash, even of the machine, the file has this text or
 * the one before. Callers store what has changed, and only that.
 * @param parts of the text, written one after the other, so that a long text is not built in one turn of the event loop
 */
export async function saveCopy(path: string, parts: Iterable<string>): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  // Another gateway may share the folder.
  const incoming = `${path}.${process.pid}.new`;
  const file = await open(incoming, "w", 0o600);
  try {
    for (const part of parts) await file.appendFile(part);
    // Otherwise a crash may leave the new name with nothing behind it.
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(incoming, path);
}

/** Loads the last stored copy; undefined when there is none that can be read, as after a crash of an earlier release. */
export function loadCopy<Value>(path: string, isValid: (value: unknown) => boolean): Value | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isValid(value)) return value as Value;
    log.warn("copy.not_read", { path, reason: "It has another structure." });
  } catch (cause) {
    log.warn("copy.not_read", { path, reason: String(cause) });
  }
  return undefined;
}
