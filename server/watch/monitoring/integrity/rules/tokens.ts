/** Token of an expression, with its position for messages. */
export interface Token {
  kind: "number" | "text" | "name" | "sign" | "end";
  text: string;
  at: number;
}

/** Problem with an expression, as a sentence. */
export class RuleProblem extends Error {}

const pattern =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|"((?:[^"\\]|\\.)*)"|`([^`]+)`|([A-Za-z_][\w.]*(?:\[\d+\])?)|(<=|>=|!=|[<>=+\-*/(),]))/y;

/** Splits an expression into tokens. Backticks may enclose names: `departure delay`. @throws RuleProblem */
export function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (expression.slice(at).trim() !== "") {
    pattern.lastIndex = at;
    const match = pattern.exec(expression);
    if (!match) throw new RuleProblem(`Cannot parse "${expression.slice(at).trim().slice(0, 20)}".`);
    const [, number, text, quoted, name, sign] = match;
    if (number !== undefined) tokens.push({ kind: "number", text: number, at });
    else if (text !== undefined) tokens.push({ kind: "text", text: text.replace(/\\(["\\])/g, "$1"), at });
    else if (quoted !== undefined) tokens.push({ kind: "name", text: quoted, at });
    else if (name !== undefined) tokens.push({ kind: isWord(name) ? "sign" : "name", text: name, at });
    else tokens.push({ kind: "sign", text: sign as string, at });
    at = pattern.lastIndex;
  }
  return [...tokens, { kind: "end", text: "", at }];
}

const words = ["and", "or", "not", "in", "is", "missing", "matches"];

/** Returns whether a name is a word of the language and therefore needs backticks. */
function isWord(name: string): boolean {
  return words.includes(name);
}
