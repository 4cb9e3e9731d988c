/** Position of a JSON syntax error, and what was expected there. */
export interface JsonError {
  position: number;
  expected: string;
}

const number = /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings
const string = /"([^"\\\u0000-\u001f]|\\(["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const word = /true|false|null/y;

/**
 * Finds the first syntax error. Browsers describe its position in different words or not at all, so it is located here.
 * @returns undefined when the text is valid JSON.
 */
export function findJsonError(text: string): JsonError | undefined {
  let at = 0;
  const fail = (expected: string): never => {
    throw { position: at, expected } satisfies JsonError;
  };
  const skipSpace = () => {
    while (/[ \t\r\n]/.test(text[at] ?? "")) at += 1;
  };
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found !== undefined;
  };
  const consumePunctuation = (mark: string): boolean => {
    if (text[at] !== mark) return false;
    at += 1;
    return true;
  };
  function several(end: string, one: () => void): void {
    skipSpace();
    if (consumePunctuation(end)) return;
    for (;;) {
      one();
      skipSpace();
      if (consumePunctuation(end)) return;
      if (!consumePunctuation(",")) fail(`a comma or "${end}"`);
    }
  }
  function member(): void {
    skipSpace();
    if (!take(string)) fail("a property name in double quotes");
    skipSpace();
    if (!consumePunctuation(":")) fail('":"');
    value();
  }
  function value(): void {
    skipSpace();
    if (consumePunctuation("{")) several("}", member);
    else if (consumePunctuation("[")) several("]", value);
    else if (!take(string) && !take(number) && !take(word)) fail("a value");
  }
  try {
    value();
    skipSpace();
    if (at < text.length) fail("end of input");
    return undefined;
  } catch (error) {
    if (isJsonError(error)) return error;
    throw error;
  }
}

function isJsonError(error: unknown): error is JsonError {
  return typeof error === "object" && error !== null && "expected" in error;
}
