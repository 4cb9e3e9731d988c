import { DomainError } from "#server/base/errors.ts";
import type { Matcher } from "./contract.ts";
import { goUnquote } from "./go-quote.ts";
import { checkPattern } from "./matches.ts";

const token = /\s*(?:("(?:[^"\\\n]|\\[\s\S])*")|(=~|!~|!=|=)|([{},])|([^\s{}!=~,\\"'`]+))/y;

type Token = { kind: "quoted" | "operator" | "mark" | "bare"; text: string };

/**
 * Reads matchers as Alertmanager writes them: `{a="x", b=~"y.*"}`, with or without braces; values bare or in double quotes with Go's
 * escapes (docs/spec/alerting.md section 3).
 * @throws DomainError "invalid" that says what is wrong and shows the text
 */
export function parseMatchers(text: string): Matcher[] {
  const tokens = tokensOf(text);
  const refuse = (what: string) =>
    new DomainError("invalid", `Invalid matcher "${text}": ${what}. Example: severity="page" or service=~"c.*".`, {
      field: "matchers",
    });
  const isBraced = tokens[0]?.text === "{" && tokens[0].kind === "mark";
  const hasEnd = tokens.at(-1)?.text === "}" && tokens.at(-1)?.kind === "mark";
  if (isBraced !== hasEnd) throw refuse("missing brace");
  const inner = isBraced ? tokens.slice(1, -1) : tokens;
  const matchers: Matcher[] = [];
  let at = 0;
  while (at < inner.length) {
    const [name, operator, value, mark] = inner.slice(at, at + 4);
    if (name?.kind !== "bare" && name?.kind !== "quoted") throw refuse("missing label name");
    if (operator?.kind !== "operator") throw refuse(`expected one of = != =~ !~ after ${name.text}`);
    const isEmpty = value === undefined || value.text === ",";
    if (!isEmpty && value.kind !== "bare" && value.kind !== "quoted") throw refuse(`missing value for ${name.text}`);
    const next = isEmpty ? value : mark;
    if (next !== undefined && !(next.kind === "mark" && next.text === ","))
      throw refuse("matchers must be separated by commas");
    if (isEmpty) throw refuse(`missing value for ${name.text}; write "" for an empty value`);
    matchers.push(matcherOf(textOf(name, refuse), operator.text, textOf(value, refuse)));
    at += 4;
  }
  return matchers;
}

/** Parses one matcher, such as the filter of a list. @throws DomainError "invalid" */
export function parseMatcher(text: string): Matcher {
  const [matcher, ...others] = parseMatchers(text);
  if (!matcher || others.length > 0) {
    const message = `Expected exactly one matcher, got "${text}". Example: severity="page".`;
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
  if (value === undefined) throw refuse(`invalid escape sequence in ${text}`);
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
      const message = `Invalid matcher "${text}": the part starting at character ${at + 1} must be in double quotes.`;
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
