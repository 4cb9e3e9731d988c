import type { EngineCell } from "./messages.ts";

/** What a cell takes besides its text, bytes or values; a number, nothing else. */
const fixedBytes = 8;

/** Returns about how many bytes a cell takes in memory. */
export function bytesOfCell(cell: EngineCell): number {
  if (typeof cell === "string" || cell instanceof Uint8Array) return fixedBytes + cell.length;
  if (typeof cell !== "object" || cell === null) return fixedBytes;
  let bytes = fixedBytes;
  for (const value of cell) bytes += bytesOfCell(value);
  return bytes;
}

/**
 * Cuts off what a text, bytes, or the values of a list together have beyond so many bytes. What is left is longer than that, so that a check of its
 * length still fails.
 */
export function cutCell(cell: EngineCell, most: number): EngineCell {
  if (typeof cell === "string" || cell instanceof Uint8Array)
    return cell.length > most ? cell.slice(0, most + 1) : cell;
  if (typeof cell !== "object" || cell === null) return cell;
  const values: EngineCell[] = [];
  let bytes = 0;
  for (const value of cell) {
    if (bytes > most) break;
    values.push(cutCell(value, most));
    bytes += typeof value === "string" || value instanceof Uint8Array ? value.length : fixedBytes;
  }
  return values;
}
