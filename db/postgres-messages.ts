import { StartError } from "./start-error.ts";

/** The first line that ended it, and not what a client was told meanwhile. */
const lastMessage = /(?:FATAL|PANIC|initdb: error): +(?! |the database system is)(.*)/;

/**
 * Why a Postgres of ours cannot start, for people.
 * @param what it could not do: "could not be set up"
 * @param said what initdb or the server printed
 * @param more where to read on
 */
export function refusalIn(said: string, what: string, dataFolder: string, more = ""): StartError {
  const reason = lastMessage.exec(said)?.[1]?.trim() ?? said.trim().split("\n").at(-1) ?? "";
  if (/No space left on device|Disk quota exceeded|wrote only \d+ of/.test(reason)) {
    return new StartError(
      `DATA_DIR: the disk of ${dataFolder} is full, so Postgres ${what}. Free up space, or set DATA_DIR to a folder on another disk: an empty Leeway takes about 60 MB, and every file it is sent comes on top.`,
    );
  }
  return new StartError(`Postgres ${what} in ${dataFolder}: ${reason || "it ended without a word"}.${more}`);
}
