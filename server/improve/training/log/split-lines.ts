import type { LogLine } from "./contract.ts";

type Line = Omit<LogLine, "at">;

/** A longer line comes in parts, so that a program that ends no line cannot make a page of any size. */
export const maxLineBytes = 2 ** 15;

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal begin with ESC
const colours = /\x1b\[[0-9;?]{0,20}[A-Za-z]/g;

/**
 * Returns what a terminal shows of a line at its end: the part after the last "\r", without colours. Bytes that are not UTF-8 become "\ufffd".
 */
export function shownText(bytes: Buffer): string {
  const end = bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length;
  const shown = bytes.subarray(end === 0 ? 0 : bytes.lastIndexOf(13, end - 1) + 1, end);
  return shown.toString("utf8").replaceAll("\0", "\ufffd").replaceAll(colours, "");
}

/**
 * Splits bytes of a log into lines.
 * @param at bytes and number of the line that they begin with @param isOpen whether more may follow: then the next page begins with the last,
 * unfinished line again
 */
export function splitLines(
  bytes: Buffer,
  at: { start: number; line: number },
  { limit = Number.POSITIVE_INFINITY, isOpen = false } = {},
): { lines: Line[]; next: number; nextLine: number } {
  const lines: Line[] = [];
  let [from, number] = [0, at.line];
  const add = (end: number) => {
    lines.push({ number, start: at.start + from, text: shownText(bytes.subarray(from, end)), dropped: 0 });
  };
  while (from < bytes.length && lines.length < limit) {
    const end = bytes.indexOf(10, from);
    const isLong = (end === -1 ? bytes.length : end) - from > maxLineBytes;
    if (isLong) {
      const cut = boundary(bytes, from + maxLineBytes);
      add(cut);
      from = cut;
    } else if (end === -1) {
      add(bytes.length);
      if (!isOpen) from = bytes.length;
      break;
    } else {
      add(end);
      from = end + 1;
      number += 1;
    }
  }
  return { lines, next: at.start + from, nextLine: number };
}

/** Moves a cut back to where a character of UTF-8 begins. */
function boundary(bytes: Buffer, at: number): number {
  for (let back = 0; back < 4; back += 1) if (((bytes[at - back] ?? 0) & 0xc0) !== 0x80) return at - back;
  return at;
}
