import { DomainError } from "#server/errors.ts";
import type { Clause, Comparator, Filter, Value, Vocabulary } from "./filter.ts";
import { invalidClause, Scanner } from "./scanner.ts";
import { resolveSubject, type TypedSubject } from "./subject.ts";

const mostCharacters = 10_000;
const mostClauses = 100;
const mostDepth = 20;

/**
 * Parses a filter: MLflow's language, and beyond it OR, NOT, parentheses, BETWEEN, RLIKE, IN, IS NULL and ordering on everything.
 *
 *     or = and { OR and }    and = not { [AND] not } [AND]    not = NOT not | "(" or ")" | clause
 *
 * @returns undefined for the empty filter, which everything satisfies.
 * @throws DomainError "invalid" that says which part is wrong.
 */
export function parseFilter(text: string, vocabulary: Vocabulary): Filter | undefined {
  if (text === "") return undefined;
  if (text.length > mostCharacters)
    throw new DomainError("invalid", `A filter has at most ${mostCharacters} characters.`);
  if (text.trim() === "") throw new DomainError("invalid", `Invalid filter '${text}'. Could not be parsed.`);
  const parser = new Parser(text, vocabulary);
  return parser.parse();
}

class Parser {
  private readonly scanner: Scanner;
  private readonly vocabulary: Vocabulary;
  private clauses = 0;
  private depth = 0;

  constructor(text: string, vocabulary: Vocabulary) {
    this.scanner = new Scanner(text);
    this.vocabulary = vocabulary;
  }

  parse(): Filter {
    const filter = this.or();
    if (!this.scanner.isAtEnd) throw invalidClause(this.scanner.rest);
    return filter;
  }

  private or(): Filter {
    const parts = [this.and()];
    while (this.scanner.keyword("OR")) parts.push(this.and());
    return parts.length === 1 ? (parts[0] as Filter) : { kind: "or", parts };
  }

  private and(): Filter {
    const parts = [this.not()];
    while (true) {
      const hasAnd = this.scanner.keyword("AND");
      if (this.isAtEndOfAnd()) break;
      // MLflow also takes clauses that stand side by side.
      if (!hasAnd && this.scanner.rest.startsWith(",")) throw invalidClause(this.scanner.rest);
      parts.push(this.not());
    }
    return parts.length === 1 ? (parts[0] as Filter) : { kind: "and", parts };
  }

  private isAtEndOfAnd(): boolean {
    return this.scanner.isAtEnd || this.scanner.rest.startsWith(")") || /^or\b/i.test(this.scanner.rest);
  }

  private not(): Filter {
    if (++this.depth > mostDepth) throw new DomainError("invalid", `A filter is nested at most ${mostDepth} deep.`);
    try {
      if (this.scanner.keyword("NOT")) return { kind: "not", part: this.not() };
      if (!this.scanner.symbol("(")) return this.clause();
      const inner = this.or();
      if (!this.scanner.symbol(")")) throw invalidClause(this.scanner.rest || this.scanner.text);
      return inner;
    } finally {
      this.depth--;
    }
  }

  private clause(): Clause {
    if (++this.clauses > mostClauses) throw new DomainError("invalid", `A filter has at most ${mostClauses} clauses.`);
    const { scanner } = this;
    const rest = scanner.rest;
    const parts = scanner.name();
    if (!parts) throw invalidClause(rest);
    const isNull = this.nullTest(parts);
    if (isNull) return isNull;
    const isNegated = scanner.keyword("NOT");
    if (scanner.keyword("IN")) return { kind: "in", isNegated, ...this.list(resolveSubject(parts, this.vocabulary)) };
    if (scanner.keyword("BETWEEN"))
      return { kind: "between", isNegated, ...this.bounds(resolveSubject(parts, this.vocabulary)) };
    const comparator = this.comparator(isNegated);
    if (!comparator) throw invalidClause(rest);
    const typed = resolveSubject(parts, this.vocabulary);
    if (typed.type === "number" && comparator.endsWith("LIKE")) throw this.badComparator(comparator, "numbers");
    return { kind: "compare", isNegated, subject: typed.subject, comparator, value: this.value(typed) };
  }

  private nullTest(parts: readonly string[]): Clause | undefined {
    if (!this.scanner.keyword("IS")) return undefined;
    const isNegated = this.scanner.keyword("NOT");
    if (!this.scanner.keyword("NULL")) throw invalidClause(this.scanner.rest);
    return { kind: "null", isNegated, subject: resolveSubject(parts, this.vocabulary).subject };
  }

  private comparator(isNegated: boolean): Comparator | undefined {
    for (const name of ["LIKE", "ILIKE", "RLIKE"] as const) if (this.scanner.keyword(name)) return name;
    return isNegated ? undefined : (this.scanner.operator() as Comparator | undefined);
  }

  private badComparator(comparator: string, what: string): DomainError {
    return new DomainError("invalid", `Invalid comparator '${comparator}' for ${what}: it compares text.`);
  }

  private list(typed: TypedSubject): { subject: Clause["subject"]; values: Value[] } {
    if (!this.scanner.symbol("(")) throw invalidClause(this.scanner.rest);
    const values: Value[] = [];
    do {
      if (this.scanner.rest.startsWith(")")) throw new DomainError("invalid", "A list in a filter must not be empty.");
      values.push(this.value(typed));
    } while (this.scanner.symbol(","));
    if (!this.scanner.symbol(")")) throw invalidClause(this.scanner.rest);
    return { subject: typed.subject, values };
  }

  private bounds(typed: TypedSubject): { subject: Clause["subject"]; low: Value; high: Value } {
    const low = this.value(typed);
    if (!this.scanner.keyword("AND")) throw invalidClause(this.scanner.rest);
    return { subject: typed.subject, low, high: this.value(typed) };
  }

  private value({ subject, type }: TypedSubject): Value {
    const rest = this.scanner.rest;
    const quoted = this.scanner.string();
    if (type === "number") {
      const number = quoted === undefined ? this.scanner.number() : undefined;
      if (number !== undefined) return number;
      const what = subject.entity === "attribute" ? `numeric attribute: ${subject.key}` : subject.entity;
      throw new DomainError("invalid", `Expected numeric value type for ${what}. Found ${rest}`);
    }
    if (quoted !== undefined) return quoted;
    const number = this.scanner.number();
    if (number !== undefined && type === "either") return number;
    if (number !== undefined && this.vocabulary.allowsUnquotedText) return String(number);
    throw new DomainError(
      "invalid",
      `Expected a quoted string value for ${subject.entity} (e.g. 'my-value'). Got value ${rest}`,
    );
  }
}
