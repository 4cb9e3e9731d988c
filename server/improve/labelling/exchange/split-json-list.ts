import { DomainError } from "#server/base/errors.ts";
import { limits } from "#server/base/limits.ts";

const codes = Object.fromEntries(
  Object.entries({
    quote: '"',
    backslash: "\\",
    comma: ",",
    openList: "[",
    closeList: "]",
    open: "{",
    close: "}",
    space: " ",
  }).map(([name, character]) => [name, character.charCodeAt(0)]),
) as Record<"quote" | "backslash" | "comma" | "openList" | "closeList" | "open" | "close" | "space", number>;

/** Bytes after which others get a turn. */
const turnBytes = 2 ** 20;

/**
 * Yields the bytes of each item of a JSON list. A list of megabytes is parsed item by item, so that nothing waits for all of it. Linear; whether
 * an item is JSON is for its parser to say.
 * @throws DomainError "invalid" for text that is no list, or an item deeper than limits.jsonDepth
 */
export async function* splitJsonList(bytes: Buffer): AsyncGenerator<Buffer> {
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== codes.openList) throw notAList();
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === codes.closeList) return endOfList(bytes, at + 1);
  for (let turn = at; ; ) {
    const end = endOfItem(bytes, at);
    yield bytes.subarray(at, end);
    if (bytes[end] === codes.closeList) return endOfList(bytes, end + 1);
    if (bytes[end] !== codes.comma) throw notAList();
    at = end + 1;
    if (at - turn > turnBytes) {
      turn = at;
      await new Promise(setImmediate);
    }
  }
}

/** Returns the position of the comma or bracket after an item. */
function endOfItem(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const code = bytes[at];
    if (code === codes.quote) at = endOfString(bytes, at);
    else if (code === codes.open || code === codes.openList) {
      depth += 1;
      if (depth > limits.jsonDepth) {
        throw new DomainError("invalid", `JSON can be at most ${limits.jsonDepth} levels deep.`);
      }
    } else if (depth === 0 && (code === codes.comma || code === codes.closeList)) return at;
    else if (code === codes.close || code === codes.closeList) depth -= 1;
  }
  throw notAList();
}

/** Returns the position of the quote that ends a string, or the length of the text. */
function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== codes.quote) at += bytes[at] === codes.backslash ? 2 : 1;
  return at;
}

function skipSpace(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && (bytes[at] as number) <= codes.space) at += 1;
  return at;
}

function endOfList(bytes: Buffer, after: number): void {
  if (skipSpace(bytes, after) < bytes.length) throw notAList();
}

const notAList = () => new DomainError("invalid", "JSON parse error: the list is not complete JSON.");
