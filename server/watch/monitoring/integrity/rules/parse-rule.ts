import { compilePattern, type Pattern } from "#server/base/pattern.ts";
import { maxRuleLength } from "./contract.ts";
import { RuleProblem, type Token, tokensOf } from "./tokens.ts";

/** An expression that was read. */
export type RuleNode =
  | { kind: "value"; value: number | string }
  | { kind: "name"; name: string }
  | { kind: "sum"; sign: "+" | "-" | "*" | "/"; left: RuleNode; right: RuleNode }
  | { kind: "compare"; sign: Comparison; left: RuleNode; right: RuleNode }
  | { kind: "in"; value: RuleNode; among: (number | string)[] }
  | { kind: "matches"; value: RuleNode; pattern: Pattern }
  | { kind: "missing"; value: RuleNode; isNot: boolean }
  | { kind: "call"; name: CallName; values: RuleNode[] }
  | { kind: "not"; value: RuleNode }
  | { kind: "and" | "or"; left: RuleNode; right: RuleNode };

const comparisons = ["=", "!=", "<", "<=", ">", ">="] as const;
export type Comparison = (typeof comparisons)[number];
const calls = ["abs", "length", "min", "max"] as const;
export type CallName = (typeof calls)[number];

const maxDepth = 40;

/**
 * Reads a rule: comparisons (= != < <= > >=), + − * /, and, or, not, `in ("a", "b")`, `matches "pattern"`, `is missing`, `is not missing`, and
 * the functions abs, length, min and max, over names of features. Nothing in it runs: it is data. @throws RuleProblem
 */
export function parseRule(expression: string): RuleNode {
  if (expression.length > maxRuleLength) throw new RuleProblem(`Rules can have at most ${maxRuleLength} characters.`);
  const reader = new Reader(tokensOf(expression));
  const node = reader.either();
  reader.end();
  return node;
}

class Reader {
  private readonly tokens: Token[];
  private at = 0;
  private depth = 0;

  constructor(tokens: Token[]) {
    this.tokens = tokens;
  }

  either(): RuleNode {
    if (++this.depth > maxDepth) throw new RuleProblem("The rule is nested too deeply.");
    let left = this.both();
    while (this.take("or")) left = { kind: "or", left, right: this.both() };
    this.depth -= 1;
    return left;
  }

  end(): void {
    if (this.now.kind !== "end") throw new RuleProblem(`Unexpected "${this.now.text}".`);
  }

  private both(): RuleNode {
    let left = this.negated();
    while (this.take("and")) left = { kind: "and", left, right: this.negated() };
    return left;
  }

  private negated(): RuleNode {
    let times = 0;
    while (this.take("not")) times += 1;
    const value = this.compared();
    return times % 2 === 1 ? { kind: "not", value } : value;
  }

  private compared(): RuleNode {
    const left = this.sum();
    const sign = comparisons.find((one) => this.take(one));
    if (sign) return { kind: "compare", sign, left, right: this.sum() };
    if (this.take("in")) return { kind: "in", value: left, among: this.list() };
    if (this.take("matches")) return { kind: "matches", value: left, pattern: compilePattern(this.want("text").text) };
    if (!this.take("is")) return left;
    const isNot = this.take("not");
    if (!this.take("missing")) throw new RuleProblem('Expected "missing" or "not missing" after "is".');
    return { kind: "missing", value: left, isNot };
  }

  private sum(): RuleNode {
    let left = this.product();
    for (let sign = this.sign("+", "-"); sign; sign = this.sign("+", "-")) {
      left = { kind: "sum", sign, left, right: this.product() };
    }
    return left;
  }

  private product(): RuleNode {
    let left = this.single();
    for (let sign = this.sign("*", "/"); sign; sign = this.sign("*", "/")) {
      left = { kind: "sum", sign, left, right: this.single() };
    }
    return left;
  }

  private single(): RuleNode {
    if (this.take("(")) {
      const inner = this.either();
      this.close();
      return inner;
    }
    if (this.take("-")) return { kind: "sum", sign: "-", left: { kind: "value", value: 0 }, right: this.single() };
    const token = this.now;
    this.at += 1;
    if (token.kind === "number") return { kind: "value", value: Number(token.text) };
    if (token.kind === "text") return { kind: "value", value: token.text };
    if (token.kind !== "name")
      throw new RuleProblem(token.kind === "end" ? "Unexpected end of the rule." : `Unexpected "${token.text}".`);
    const name = calls.find((one) => one === token.text);
    return name && this.take("(") ? { kind: "call", name, values: this.values() } : { kind: "name", name: token.text };
  }

  private values(): RuleNode[] {
    const values = [this.either()];
    while (this.take(",")) values.push(this.either());
    this.close();
    return values;
  }

  private list(): (number | string)[] {
    if (!this.take("(")) throw new RuleProblem('Expected a list after "in": in ("a", "b").');
    const among: (number | string)[] = [];
    do {
      const minus = this.take("-");
      const { kind, text } = this.now;
      if (kind !== "number" && kind !== "text") throw new RuleProblem("Lists can contain only numbers and text.");
      among.push(kind === "number" ? (minus ? -1 : 1) * Number(text) : text);
      this.at += 1;
    } while (this.take(","));
    this.close();
    return among;
  }

  private sign<Sign extends "+" | "-" | "*" | "/">(...signs: Sign[]): Sign | undefined {
    return signs.find((sign) => this.take(sign));
  }

  private take(text: string): boolean {
    const isIt = this.now.kind === "sign" && this.now.text === text;
    if (isIt) this.at += 1;
    return isIt;
  }

  private want(kind: Token["kind"]): Token {
    const token = this.now;
    if (token.kind !== kind) throw new RuleProblem('Expected a quoted pattern after "matches": matches "^[A-Z]{2}$".');
    this.at += 1;
    return token;
  }

  private close(): void {
    if (!this.take(")")) throw new RuleProblem("Missing closing parenthesis.");
  }

  private get now(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)] as Token;
  }
}

/** Returns the names of the features in a rule, each once. */
export function namesIn(node: RuleNode): string[] {
  switch (node.kind) {
    case "value":
      return [];
    case "name":
      return [node.name];
    case "call":
      return [...new Set(node.values.flatMap(namesIn))];
    case "sum":
    case "compare":
    case "and":
    case "or":
      return [...new Set([...namesIn(node.left), ...namesIn(node.right)])];
    default:
      return namesIn(node.value);
  }
}
