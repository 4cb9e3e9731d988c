/** Possible completions at a position of a query. */
export interface CompletionPosition {
  kind: "field" | "operator" | "null" | "value" | "joiner" | "nothing";
  /** The field of the clause, as written; "" before there is one. */
  field: string;
  /** Text typed so far. */
  words: string;
  /** The characters that a completion replaces. */
  from: number;
  to: number;
}

type State = "field" | "operator" | "list" | "listed" | "null" | "value" | "between" | "joiner";

const tokens =
  /(?<string>'(?:[^']|'')*'?|"(?:[^"]|"")*"?)|(?<word>[\p{L}_][\p{L}\p{N}_]*(?:\.(?:`[^`]*`?|[\p{L}\p{N}_]*))*|`[^`]*`?)|(?<number>-?[\d.]+(?:e[+-]?\d+)?)|(?<sign>[<>!=]+)|(?<mark>[(),])/giu;

/** Returns the completions possible at the caret. It never fails, because a query is incomplete most of the time. */
export function completionAt(query: string, caret: number): CompletionPosition {
  let state: State = "field";
  let field = "";
  let isBetween = false;
  for (const token of query.matchAll(tokens)) {
    const [text] = token;
    const [from, to] = [token.index, token.index + text.length];
    if (from >= caret) break;
    const { word, number, string } = token.groups ?? {};
    const isOpen = string
      ? text.length === 1 || !text.endsWith(text[0] ?? "")
      : word !== undefined || number !== undefined;
    if (caret < to || (caret === to && isOpen)) return completionOf(state, field, query.slice(from, caret), from, to);
    if (state === "field" && word && !/^not$/i.test(text)) field = text;
    if (state === "operator") isBetween = /^between$/i.test(text);
    state = next(state, text, isBetween);
    if (state === "between") isBetween = false;
    if (state === "operator" && word && !/^not$/i.test(text)) field = text;
  }
  return completionOf(state, field, "", caret, caret);
}

function next(state: State, text: string, isBetween: boolean): State {
  const word = text.toUpperCase();
  switch (state) {
    case "field":
      return word === "NOT" || text === "(" ? "field" : "operator";
    case "operator":
      if (word === "NOT") return "operator";
      return word === "IN" ? "list" : word === "IS" ? "null" : "value";
    case "list":
      return text === "(" ? "listed" : "list";
    case "listed":
      return text === ")" ? "joiner" : "listed";
    case "null":
      return word === "NOT" ? "null" : "joiner";
    case "value":
      return isBetween ? "between" : "joiner";
    case "between":
      return "value";
    case "joiner":
      // Clauses may also follow each other without a joiner.
      return word === "AND" || word === "OR" ? "field" : text === ")" ? "joiner" : "operator";
  }
}

const kinds: Record<State, CompletionPosition["kind"]> = {
  field: "field",
  operator: "operator",
  list: "nothing",
  listed: "value",
  null: "null",
  value: "value",
  between: "nothing",
  joiner: "joiner",
};

function completionOf(state: State, field: string, words: string, from: number, to: number): CompletionPosition {
  return { kind: kinds[state], field: state === "field" ? "" : field, words, from, to };
}

/** Parses a field into its kind and its key without quotes: "metrics.`val loss`" → metric, "val loss"; undefined for an attribute. */
export function readField(text: string): { kind: "metric" | "param" | "tag"; key: string } | undefined {
  const [, prefix = "", rest = ""] = /^(metrics?|param(?:eter)?s?|tags?)\.(.*)$/is.exec(text) ?? [];
  if (!prefix) return undefined;
  const kind = /^m/i.test(prefix) ? "metric" : /^p/i.test(prefix) ? "param" : "tag";
  return { kind, key: rest.replace(/^`/, "").replace(/`$/, "").replaceAll("``", "`") };
}
