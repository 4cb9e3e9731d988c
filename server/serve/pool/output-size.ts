import { mebibytes } from "#server/base/format-number.ts";
import { limits } from "#server/base/limits.ts";

/** An output of the runtime. Texts have no length in bytes; each takes at least a reference. */
interface Output {
  dims: readonly number[];
  data: unknown;
}

const referenceBytes = 8;

/**
 * Rejects outputs that are too large to copy to the thread that writes the response.
 * @throws Error with the limit and the size
 */
export function requireSmall(outputs: Readonly<Record<string, Output>>): void {
  let bytes = 0;
  for (const output of Object.values(outputs)) bytes += sizeOf(output);
  if (bytes <= limits.outputBytes) return;
  throw new Error(`At most ${mebibytes(limits.outputBytes)} of outputs per run; got ${mebibytes(bytes)}.`);
}

function sizeOf({ data }: Output): number {
  if (ArrayBuffer.isView(data)) return data.byteLength;
  if (!Array.isArray(data)) return 0;
  let bytes = data.length * referenceBytes;
  for (const text of data) bytes += 2 * String(text).length;
  return bytes;
}
