import { DomainError } from "#server/base/errors.ts";
import type { Clause, Comparator, Filter, Value, Vocabulary } from "./filter.ts";
import { Scanner } from "./scanner.ts";
import { resolveSubject, type TypedSubject } from "./subject.ts";

const maxLength = 10_000;
const maxClauses = 100;
const maxDepth = 20;

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
  if (text.length > maxLength) throw new DomainError("invalid", `Filters can have at most ${maxLength} characters.`);
  if (text.trim() === "") throw new DomainError("invalid", `Invalid filter '${text}'. Could not be parsed.`);
  const parser = new Parser(text, vocabulary);
  return parser.parse();
}

/** A name in a filter that says neither its entity nor an attribute: `val_accuracy` in `val_accuracy > 0.9`. */
export interface BareName {
  name: string;
  /** Position of its first character. */
  at: number;
}

/** Finds the bare names of a filter, in order; none in a filter that cannot be parsed otherwise. */
export function findBareNames(text: string, vocabulary: Vocabulary): BareName[] {
  if (text.trim() === "" || text.length > maxLength) return [];
  const found: BareName[] = [];
  try {
    new Parser(text, vocabulary, found).parse();
    return found;
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
}

class Parser {
  private readonly scanner: Scanner;
  private readonly vocabulary: Vocabulary;
  /** Collects bare names, which may be compared with anything; undefined refuses them. */
  private readonly bareNames: BareName[] | undefined;
  private clauses = 0;
  private depth = 0;

  constructor(text: string, vocabulary: Vocabulary, bareNames?: BareName[]) {
    this.scanner = new Scanner(text);
    this.vocabulary = vocabulary;
    this.bareNames = bareNames;
  }

  parse(): Filter {
    const filter = this.or();
    if (!this.scanner.isAtEnd) throw this.scanner.invalidClause();
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
      // MLflow also accepts adjacent clauses without "and".
      if (!hasAnd && this.scanner.rest.startsWith(",")) throw this.scanner.invalidClause();
      parts.push(this.not());
    }
    return parts.length === 1 ? (parts[0] as Filter) : { kind: "and", parts };
  }

  private isAtEndOfAnd(): boolean {
    return this.scanner.isAtEnd || this.scanner.rest.startsWith(")") || /^or\b/i.test(this.scanner.rest);
  }

  private not(): Filter {
    if (++this.depth > maxDepth) throw this.scanner.refusal(`Filters can be nested at most ${maxDepth} levels deep.`);
    try {
      if (this.scanner.keyword("NOT")) return { kind: "not", part: this.not() };
      const open = this.scanner.position;
      if (!this.scanner.symbol("(")) return this.clause();
      const inner = this.or();
      if (!this.scanner.symbol(")"))
        throw this.scanner.isAtEnd ? this.scanner.invalidClause(open) : this.scanner.invalidClause();
      return inner;
    } finally {
      this.depth--;
    }
  }

  private clause(): Clause {
    if (++this.clauses > maxClauses) throw this.scanner.refusal(`Filters can have at most ${maxClauses} clauses.`);
    const { scanner } = this;
    const start = scanner.position;
    const parts = scanner.name();
    if (!parts) throw scanner.invalidClause();
    const resolve = (): TypedSubject =>
      this.collectBare(parts, start) ??
      resolveSubject(parts, this.vocabulary, (message) => scanner.refusal(message, start));
    if (scanner.keyword("IS")) return this.nullTest(resolve);
    const isNegated = scanner.keyword("NOT");
    if (scanner.keyword("IN")) return { kind: "in", isNegated, ...this.list(resolve()) };
    if (scanner.keyword("BETWEEN")) return { kind: "between", isNegated, ...this.bounds(resolve()) };
    const at = scanner.position;
    const comparator = this.comparator(isNegated);
    if (!comparator) throw scanner.invalidClause(start);
    const typed = resolve();
    if (typed.type.endsWith("number") && comparator.endsWith("LIKE")) {
      throw scanner.refusal(`Invalid comparator '${comparator}' for numbers: it compares text.`, at);
    }
    return { kind: "compare", isNegated, subject: typed.subject, comparator, value: this.value(typed) };
  }

  private collectBare([name = "", ...others]: readonly string[], at: number): TypedSubject | undefined {
    if (!this.bareNames || others.length > 0 || Object.hasOwn(this.vocabulary.attributes, name)) return undefined;
    this.bareNames.push({ name, at });
    return { subject: { entity: "metric", key: name }, type: "either" };
  }

  private nullTest(resolve: () => TypedSubject): Clause {
    const isNegated = this.scanner.keyword("NOT");
    if (!this.scanner.keyword("NULL")) throw this.scanner.invalidClause();
    return { kind: "null", isNegated, subject: resolve().subject };
  }

  private comparator(isNegated: boolean): Comparator | undefined {
    for (const name of ["LIKE", "ILIKE", "RLIKE"] as const) if (this.scanner.keyword(name)) return name;
    return isNegated ? undefined : (this.scanner.operator() as Comparator | undefined);
  }

  private list(typed: TypedSubject): { subject: Clause["subject"]; values: Value[] } {
    if (!this.scanner.symbol("(")) throw this.scanner.invalidClause();
    const values: Value[] = [];
    do {
      if (this.scanner.rest.startsWith(")")) throw this.scanner.refusal("A list in a filter must not be empty.");
      values.push(this.value(typed));
    } while (this.scanner.symbol(","));
    if (!this.scanner.symbol(")")) throw this.scanner.invalidClause();
    return { subject: typed.subject, values };
  }

  private bounds(typed: TypedSubject): { subject: Clause["subject"]; low: Value; high: Value } {
    const low = this.value(typed);
    if (!this.scanner.keyword("AND")) throw this.scanner.invalidClause();
    return { subject: typed.subject, low, high: this.value(typed) };
  }

  private value({ subject, type }: TypedSubject): Value {
    const { scanner } = this;
    const [start, rest] = [scanner.position, scanner.rest];
    const quoted = scanner.string();
    if (type === "number" || type === "quotable number") {
      const number = quoted === undefined ? scanner.number() : type === "number" ? undefined : numberIn(quoted);
      if (number !== undefined) return number;
      const what = subject.entity === "attribute" ? `numeric attribute: ${subject.key}` : subject.entity;
      throw scanner.refusal(`Expected numeric value type for ${what}. Found ${rest}`, start);
    }
    if (quoted !== undefined) return quoted;
    const number = scanner.number();
    if (number !== undefined && type === "either") return number;
    if (number !== undefined && this.vocabulary.allowsUnquotedText) return String(number);
    const wanted = `Expected a quoted string value for ${subject.entity} (e.g. 'my-value').`;
    throw scanner.refusal(`${wanted} Got value ${rest}`, start);
  }
}

/** Parses a quoted text that contains only a number. */
function numberIn(text: string): number | undefined {
  const scanner = new Scanner(text);
  const number = scanner.number();
  return scanner.isAtEnd ? number : undefined;
}
