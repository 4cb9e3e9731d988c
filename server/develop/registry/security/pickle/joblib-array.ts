import { BrokenPickle, type Cursor } from "./cursor.ts";
import type { Value } from "./value.ts";

/**
 * Handles the numbers of an array, which Joblib writes into the pickle directly after the object that describes them.
 * @returns "none" if the object is no such description, "skipped" if the numbers were skipped, "pickle" if it is an array of objects, which
 * follow as a pickle of their own. @throws BrokenPickle if their length is unknown.
 */
export function passArray(cursor: Cursor, built: Value): "none" | "skipped" | "pickle" {
  if (!/^joblib\.numpy_pickle(_utils)? NumpyArrayWrapper$/.test(built.maker?.global ?? "")) return "none";
  const { entries } = built;
  const type = entries?.get("dtype")?.argument?.items?.[0]?.text;
  const sizes = entries?.get("shape")?.items?.map(({ number }) => number);
  const [, letter = "", width = ""] = /^([a-zA-Z?]?)(\d+)$/.exec(type ?? "") ?? [];
  if (letter === "O") return "pickle";
  if (!width || !sizes || sizes.some((size) => size === undefined)) {
    throw new BrokenPickle("it contains an array of unknown length");
  }
  if (entries?.get("numpy_array_alignment_bytes")?.number !== undefined) cursor.skip(cursor.byte());
  const itemBytes = Number(width) * (letter === "U" ? 4 : 1);
  cursor.skip((sizes as number[]).reduce((count, size) => count * size, itemBytes));
  return "skipped";
}
