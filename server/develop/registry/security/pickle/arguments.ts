import type { Cursor } from "./cursor.ts";

/** Kind of an opcode's argument: a number, text, one line, two lines, or bytes that are skipped. */
type Kind = `number${1 | 2 | 4 | 8}` | `text${1 | 4 | 8}` | `skip${1 | 4 | 8}` | "line" | "lines" | "fixed8";

/** Argument kinds by opcode, from pickletools of CPython 3.14. An opcode that is neither here nor in `bare` does not exist. */
const kinds: Record<string, Kind> = {
  I: "line",
  J: "number4",
  K: "number1",
  M: "number2",
  L: "line",
  "\x8a": "skip1",
  "\x8b": "skip4",
  S: "line",
  T: "text4",
  U: "text1",
  B: "skip4",
  C: "skip1",
  "\x8e": "skip8",
  "\x96": "skip8",
  V: "line",
  "\x8c": "text1",
  X: "text4",
  "\x8d": "text8",
  F: "line",
  G: "fixed8",
  g: "line",
  h: "number1",
  j: "number4",
  p: "line",
  q: "number1",
  r: "number4",
  "\x82": "number1",
  "\x83": "number2",
  "\x84": "number4",
  c: "lines",
  i: "lines",
  "\x80": "number1",
  "\x95": "number8",
  P: "line",
};

const bare = new Set("\x97\x98N\x88\x89]ael)t\x85\x86\x87}dsu\x8f\x90\x9102(1\x94\x93Rbo\x81\x92.Q".split(""));

export interface Argument {
  number?: number;
  /** Undefined for text that is longer than any name. */
  text?: string | undefined;
  second?: string;
}

/** Reads what follows an opcode; undefined when there is no such opcode. */
export function readArgument(cursor: Cursor, opcode: string): Argument | undefined {
  const kind = kinds[opcode];
  if (!kind) return bare.has(opcode) ? {} : undefined;
  if (kind === "line") return { text: cursor.line() };
  if (kind === "lines") return { text: cursor.line(), second: cursor.line() };
  const size = Number(kind.slice(-1));
  if (kind.startsWith("number")) return { number: cursor.number(size) };
  if (kind.startsWith("text")) return { text: cursor.text(cursor.number(size)) };
  cursor.skip(kind === "fixed8" ? 8 : cursor.number(size));
  return {};
}

/** Decodes the text of a STRING ('…' with Python's escapes) or a UNICODE line (\uXXXX), which may hide names. */
export function unescaped(opcode: string, line: string): string {
  const inner = opcode === "S" ? line.trim().slice(1, -1) : line;
  const escapes = opcode === "S" ? /\\(x[0-9a-f]{2}|[0-7]{1,3}|.)/gis : /\\(u[0-9a-f]{4}|U[0-9a-f]{8})/gi;
  return inner.replaceAll(escapes, (match, code: string) => {
    if (/^[xu]/i.test(code) && code.length > 1) return characterOf(Number.parseInt(code.slice(1), 16), match);
    if (/^[0-7]+$/.test(code)) return characterOf(Number.parseInt(code, 8), match);
    return { n: "\n", t: "\t", r: "\r" }[code] ?? code;
  });
}

function characterOf(point: number, otherwise: string): string {
  return point <= 0x10ffff ? String.fromCodePoint(point) : otherwise;
}
