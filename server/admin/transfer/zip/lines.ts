import { createInterface } from "node:readline";
import type { ZipEntry } from "./open-zip.ts";

/** Yields the lines of a text file while it is read. Empty lines are skipped. */
export async function* linesOf(entry: ZipEntry): AsyncGenerator<string> {
  const input = await entry.open();
  let failure: Error | undefined;
  // A readline iterator does not receive errors of its input.
  input.on("error", (error: Error) => {
    failure = error;
    reader.close();
  });
  const reader = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of reader) if (line !== "") yield line;
    if (failure) throw failure;
  } finally {
    input.destroy();
  }
}
