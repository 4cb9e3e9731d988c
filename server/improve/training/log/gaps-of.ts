/** A row counts its bytes in 32 bits. */
const maxGap = 2 ** 30;

/** Divides a part of a log without bytes into the rows that stand for it. */
export function gapsOf({ start, length }: { start: number; length: number }): { start: number; bytes: number }[] {
  return Array.from({ length: Math.ceil(length / maxGap) }, (_, index) => ({
    start: start + index * maxGap,
    bytes: Math.min(maxGap, length - index * maxGap),
  }));
}
