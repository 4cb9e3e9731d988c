import { DomainError } from "./errors.ts";
import { limits } from "./limits.ts";

const [quote, backslash, openBracket, closeBracket, openBrace, closeBrace] = Array.from('"\\[]{}', (character) =>
  character.charCodeAt(0),
);

/**
 * Checks the depth of JSON before it is parsed, since later recursion over a deep value overflows the stack. Linear and iterative; does
 * not check whether the text is JSON. @throws DomainError "invalid"
 */
export function rejectDeepJson(text: string): void {
  let levels = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (code === closeBracket || code === closeBrace) levels -= 1;
    else if (code === openBracket || code === openBrace) {
      levels += 1;
      if (levels > limits.jsonDepth)
        throw new DomainError("invalid", `JSON can be at most ${limits.jsonDepth} levels deep.`);
    }
  }
}

/** Returns the position of the quote that ends a string, or the length of the text. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at;
}
