import { createInterface } from "node:readline";
import type { ZipEntry } from "./open-zip.ts";

/** The lines of a text file, as it is read. Empty ones are passed over. */
export async function* linesOf(entry: ZipEntry): AsyncGenerator<string> {
  const input = await entry.open();
  let failure: Error | undefined;
  // An iterator over lines does not hear of errors of what it reads.
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
