import { renameSync, rmSync, writeFileSync } from "node:fs";

/** Ending of files that are not complete yet. A process that was killed may leave one behind. */
export const draftEnding = ".new";

/**
 * Writes a file as a whole: a reader, also after a kill, sees the content before or the new one.
 * @throws when the disk does not take it; the content before remains then, and nothing of the new one takes room
 */
export function replaceFile(path: string, content: string | Buffer): void {
  const draft = `${path}${draftEnding}`;
  try {
    writeFileSync(draft, content);
    renameSync(draft, path);
  } catch (error) {
    tryRemove(draft);
    throw error;
  }
}

function tryRemove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The folder itself may be missing. The error of the write says so.
  }
}
