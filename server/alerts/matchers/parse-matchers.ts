import { DomainError } from "#server/errors.ts";
import type { Matcher } from "./contract.ts";
import { goUnquote } from "./go-quote.ts";
import { checkPattern } from "./matches.ts";

const token = /\s*(?:("(?:[^"\\\n]|\\[\s\S])*")|(=~|!~|!=|=)|([{},])|([^\s{}!=~,\\"'`]+))/y;

type Token = { kind: "quoted" | "operator" | "mark" | "bare"; text: string };

/**
 * Reads matchers as Alertmanager writes them: `{a="x", b=~"y.*"}`, with or without braces; values bare or in double quotes with Go's
 * escapes (alerting.md section 3).
 * @throws DomainError "invalid" that says what is wrong and shows the text
 */
export function parseMatchers(text: string): Matcher[] {
  const tokens = tokensOf(text);
  const refuse = (what: string) =>
    new DomainError(
      "invalid",
      `"${text}" is no matcher: ${what}. Write for example severity="page" or service=~"c.*".`,
      {
        field: "matchers",
      },
    );
  const isBraced = tokens[0]?.text === "{" && tokens[0].kind === "mark";
  const hasEnd = tokens.at(-1)?.text === "}" && tokens.at(-1)?.kind === "mark";
  if (isBraced !== hasEnd) throw refuse("a brace is missing");
  const inner = isBraced ? tokens.slice(1, -1) : tokens;
  const matchers: Matcher[] = [];
  let at = 0;
  while (at < inner.length) {
    const [name, operator, value, mark] = inner.slice(at, at + 4);
    if (name?.kind !== "bare" && name?.kind !== "quoted") throw refuse("the name of a label is missing");
    if (operator?.kind !== "operator") throw refuse(`after ${name.text} comes one of = != =~ !~`);
    const isEmpty = value === undefined || value.text === ",";
    if (!isEmpty && value.kind !== "bare" && value.kind !== "quoted")
      throw refuse(`the value of ${name.text} is missing`);
    const next = isEmpty ? value : mark;
    if (next !== undefined && !(next.kind === "mark" && next.text === ","))
      throw refuse("matchers are separated by commas");
    if (isEmpty) throw refuse(`the value of ${name.text} is missing; an empty one is written ""`);
    matchers.push(matcherOf(textOf(name, refuse), operator.text, textOf(value, refuse)));
    at += 4;
  }
  return matchers;
}

/** One matcher, as a filter of a list is. @throws DomainError "invalid" */
export function parseMatcher(text: string): Matcher {
  const [matcher, ...others] = parseMatchers(text);
  if (!matcher || others.length > 0) {
    const message = `"${text}" is not one matcher. Write for example severity="page".`;
    throw new DomainError("invalid", message, { field: "matchers" });
  }
  return matcher;
}

function matcherOf(name: string, operator: string, value: string): Matcher {
  const matcher = { name, value, isRegex: operator.endsWith("~"), isEqual: operator.startsWith("=") };
  checkPattern(matcher);
  return matcher;
}

function textOf({ kind, text }: Token, refuse: (what: string) => DomainError): string {
  if (kind === "bare") return text;
  const value = goUnquote(text.slice(1, -1));
  if (value === undefined) throw refuse(`${text} has an escape that Go does not know`);
  return value;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  let at = 0;
  while (at < end) {
    token.lastIndex = at;
    const found = token.exec(text);
    if (!found) {
      const message = `"${text}" is no matcher: what stands at character ${at + 1} has to be in double quotes.`;
      throw new DomainError("invalid", message, { column: at + 1, field: "matchers" });
    }
    const [, quoted, operator, mark, bare] = found;
    if (quoted !== undefined) tokens.push({ kind: "quoted", text: quoted });
    else if (operator !== undefined) tokens.push({ kind: "operator", text: operator });
    else if (mark !== undefined) tokens.push({ kind: "mark", text: mark });
    else tokens.push({ kind: "bare", text: bare ?? "" });
    at = token.lastIndex;
  }
  return tokens;
}
