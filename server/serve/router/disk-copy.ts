import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Stores a value for a start without Postgres, if it differs from the stored one. Readable by the owner only. */
export function saveCopy(path: string, value: unknown): void {
  const text = JSON.stringify(value);
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  mkdirSync(dirname(path), { recursive: true });
  // Another gateway may share the folder.
  const incoming = `${path}.${process.pid}.new`;
  writeFileSync(incoming, text, { mode: 0o600 });
  renameSync(incoming, path);
}

/** Loads the last stored copy; undefined when there is none. */
export function loadCopy<Value>(path: string): Value | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Value) : undefined;
}
