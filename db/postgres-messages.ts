import { StartError } from "./start-error.ts";

/** Matches the first line that ended the server, and not messages sent to clients in the meantime. */
const lastMessage = /(?:FATAL|PANIC|initdb: error): +(?! |the database system is)(.*)/;

/**
 * Describes to users why a Postgres managed by Leeway cannot start.
 * @param what failed operation: "could not be set up"
 * @param said output of initdb or the server
 * @param more pointer to further reading
 */
export function refusalIn(said: string, what: string, dataFolder: string, more = ""): StartError {
  const reason = lastMessage.exec(said)?.[1]?.trim() ?? said.trim().split("\n").at(-1) ?? "";
  if (/No space left on device|Disk quota exceeded|wrote only \d+ of/.test(reason)) {
    return new StartError(
      `DATA_DIR: the disk of ${dataFolder} is full, so Postgres ${what}. Free up space, or set DATA_DIR to a folder on another disk: an empty Leeway takes about 60 MB, plus the files it stores.`,
    );
  }
  return new StartError(`Postgres ${what} in ${dataFolder}: ${reason || "it exited without a message"}.${more}`);
}
