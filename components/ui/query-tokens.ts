export interface QueryToken {
  kind: "field" | "operator" | "value" | "space";
  text: string;
}

const pattern =
  /(?<space>\s+)|(?<string>"[^"]*"?|'[^']*'?|`[^`]*`?)|(?<word>(?:and|or|not|in|like|ilike|between|is|null)\b)|(?<sign><=|>=|!=|[=<>~])|(?<punctuation>[(),])|(?<bare>[^\s"'`()=<>!~,]+|!)/giy;

/**
 * Splits a query into parts to colour: field, operator, value. It never fails: what it does not know is a value after an
 * operator and a field elsewhere. Joined, the parts are the query again.
 */
export function queryTokens(query: string): QueryToken[] {
  const tokens: QueryToken[] = [];
  let afterOperator = false;
  let inList = false;
  for (const match of query.matchAll(pattern)) {
    const { space, string, word, sign, punctuation } = match.groups ?? {};
    const text = match[0];
    if (space) tokens.push({ kind: "space", text });
    else if (punctuation) {
      tokens.push({ kind: "value", text });
      if (text === "(") inList = afterOperator;
      if (text === ")") {
        inList = false;
        afterOperator = false;
      }
    } else if (sign || word) {
      tokens.push({ kind: "operator", text });
      const joins = /^(and|or|not)$/i.test(text);
      afterOperator = !joins || (afterOperator && /^(and|not)$/i.test(text) && endsBetween(tokens));
    } else {
      const isValue = afterOperator || inList || (string !== undefined && !text.startsWith("`"));
      tokens.push({ kind: isValue ? "value" : "field", text });
      if (!inList) afterOperator = false;
    }
  }
  return tokens;
}

function endsBetween(tokens: QueryToken[]): boolean {
  const operators = tokens.filter((token) => token.kind === "operator");
  return /^between$/i.test(operators.at(-2)?.text ?? "");
}
