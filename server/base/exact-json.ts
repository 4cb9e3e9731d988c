import { randomBytes } from "node:crypto";
import { DomainError } from "./errors.ts";
import { limits } from "./limits.ts";
import { rejectDeepJson } from "./reject-deep-json.ts";

/** Start of an integer of 16 digits or more, inside or outside of a text. Doubles are exact below. */
const longInteger = /(?<![\d.eE])[1-9]\d{15}/;
const integer = /^-?[1-9]\d*$/;
/** The text that sets a prototype when an object with it as a key is copied by assignment; any letter of it may be escaped. */
const prototypeText =
  /"(?:_|\\u005[Ff]){2}(?:p|\\u0070)(?:r|\\u0072)(?:o|\\u006[Ff])(?:t|\\u0074)(?:o|\\u006[Ff])(?:_|\\u005[Ff]){2}"/;
/** Starts texts that stand for integers while JSON.parse runs. Nobody outside can know it. */
const mark = `integer ${randomBytes(16).toString("hex")} `;

const [quote, backslash, minus, zero, nine, colon] = Array.from('"\\-09:', (character) => character.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
  number,
  number,
];
/** Characters that numbers consist of, after the first. */
const inNumber = new Set(Array.from("0123456789+-.eE", (character) => character.charCodeAt(0)));
const whiteSpace = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Parses JSON and keeps integers that a double would round: they are returned as bigint, and all other numbers as number. Linear in the
 * length of the text. @throws DomainError "invalid" for a text that is not JSON, that is nested too deeply, or that has a key `__proto__`
 */
export function parseExactJson(text: string): unknown {
  if (hasManyBrackets(text)) rejectDeepJson(text);
  const hasLongIntegers = longInteger.test(text);
  const value = parse(hasLongIntegers ? markIntegers(text) : text);
  if (prototypeText.test(text)) rejectPrototypes(value);
  return hasLongIntegers ? withIntegers(value) : value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DomainError("invalid", "The body is not valid JSON.", { cause });
  }
}

function rejectPrototypes(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  if (Object.hasOwn(value, "__proto__")) {
    throw new DomainError("invalid", 'The body has a key "__proto__", which is not allowed.');
  }
  for (const inner of Array.isArray(value) ? value : Object.values(value)) rejectPrototypes(inner);
}

/** Whether there are enough brackets to nest too deeply. Most texts have few, and finding those costs less than reading each character. */
function hasManyBrackets(text: string): boolean {
  let found = 0;
  for (const bracket of ["[", "{"]) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      found += 1;
      if (found > limits.jsonDepth) return true;
    }
  }
  return false;
}

/** Replaces integers that a double cannot hold by marked texts. What is not JSON before is not JSON afterwards. */
function markIntegers(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = afterString(text, at);
    } else if (code === minus || (code >= zero && code <= nine)) {
      const end = afterNumber(text, at);
      const token = text.slice(at, end);
      if (isInexact(token) && !isKey(text, end)) {
        parts.push(text.slice(copied, at), '"', mark, token, '"');
        copied = end;
      }
      at = end;
    } else at += 1;
  }
  parts.push(text.slice(copied));
  return parts.join("");
}

function isInexact(token: string): boolean {
  // Longer ones fit no type; as doubles they are refused like any number out of range, and converting them takes quadratic time.
  if (token.length < 16 || token.length > limits.numeralLength || !integer.test(token)) return false;
  return !Number.isSafeInteger(Number(token));
}

/** Whether a colon follows, so that the token stands where JSON demands a text. */
function isKey(text: string, end: number): boolean {
  let at = end;
  while (whiteSpace.has(text.charCodeAt(at))) at += 1;
  return text.charCodeAt(at) === colon;
}

function afterNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && inNumber.has(text.charCodeAt(at))) at += 1;
  return at;
}

function afterString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at + 1;
}

/** Returns the value with marked texts replaced by integers, in place. Its depth is limited. */
function withIntegers(value: unknown): unknown {
  if (typeof value === "string") return value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    // By index: the names of millions of elements take seconds.
    for (let index = 0; index < value.length; index += 1) value[index] = withIntegers(value[index]);
    return value;
  }
  const container = value as Record<string, unknown>;
  for (const key of Object.keys(container)) container[key] = withIntegers(container[key]);
  return value;
}
