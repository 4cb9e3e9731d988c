import { formatCount } from "#server/base/format-number.ts";
import { limits } from "#server/base/limits.ts";
import { compilePattern, type Pattern } from "#server/base/pattern.ts";
import type { ValueKind } from "../profile/contract.ts";
import { shown } from "../rows/shown.ts";
import { type Value, valueOfText } from "../rows/value.ts";
import type { ColumnRule, RuleResult } from "./contract.ts";

const maxExamples = 5;

/** Violations of one rule, collected as they are found. */
class Breaches {
  count = 0;
  readonly examples: RuleResult["examples"] = [];

  add(at: number, value: string): void {
    this.count += 1;
    if (this.examples.length < maxExamples) this.examples.push({ at, value: shown(value) });
  }
}

const narrower: Record<ValueKind, readonly ValueKind[]> = {
  boolean: ["boolean"],
  integer: ["integer"],
  number: ["integer", "number"],
  time: ["time"],
  text: ["boolean", "integer", "number", "time", "text"],
};

/** Checks the values of one column, one after the other, against its rule; uniqueness is checked elsewhere. */
export class ColumnEvaluator {
  readonly #rule: ColumnRule;
  readonly #levels: Set<string> | undefined;
  readonly #pattern: Pattern | undefined;
  readonly #type = new Breaches();
  readonly #missing = new Breaches();
  readonly #range = new Breaches();
  readonly #levelsBroken = new Breaches();
  readonly #patternBroken = new Breaches();
  #rows = 0;
  #min = Infinity;
  #max = -Infinity;

  constructor(rule: ColumnRule) {
    this.#rule = rule;
    this.#pattern = rule.pattern === null ? undefined : compilePattern(rule.pattern);
    this.#levels = rule.levels ? new Set(rule.levels.map((level) => valueOfText(level)?.text ?? level)) : undefined;
  }

  /** @returns whether the value satisfies the rule */
  add(value: Value, at: number): boolean {
    const broken = this.#brokenBy(value);
    for (const breaches of broken) breaches.add(at, value?.text ?? "–");
    return broken.length === 0;
  }

  #brokenBy(value: Value): Breaches[] {
    const { type, nullable, min, max } = this.#rule;
    this.#rows += 1;
    if (value === null) return nullable ? [] : [this.#missing];
    const broken: Breaches[] = [];
    if (type && !narrower[type].includes(value.kind)) broken.push(this.#type);
    if (this.#levels && !this.#levels.has(value.text)) broken.push(this.#levelsBroken);
    if (this.#pattern && !this.#pattern.test(value.text.slice(0, limits.matchedLength)))
      broken.push(this.#patternBroken);
    if (value.kind !== "integer" && value.kind !== "number") return broken;
    this.#min = Math.min(this.#min, value.number);
    this.#max = Math.max(this.#max, value.number);
    if ((min !== null && value.number < min) || (max !== null && value.number > max)) broken.push(this.#range);
    return broken;
  }

  /** Returns one result per condition of the rule. */
  results(): RuleResult[] {
    const { type, nullable, min, max, levels, pattern } = this.#rule;
    const results: RuleResult[] = [];
    if (type) results.push(this.#result("type", `every value ${article(type)}`, this.#type, "is not"));
    if (!nullable) results.push(this.#result("nullable", "no missing values", this.#missing, "is missing"));
    if (min !== null || max !== null) {
      const span = this.#min <= this.#max ? `${this.#min} to ${this.#max}` : "no numbers";
      results.push({ ...this.#result("range", formatRange(min, max), this.#range, "is outside"), measured: span });
    }
    if (levels)
      results.push(
        this.#result("levels", formatLevels(levels), this.#levelsBroken, "has another value", "have another value"),
      );
    if (pattern !== null) {
      results.push(this.#result("pattern", `like ${pattern}`, this.#patternBroken, "does not match", "do not match"));
    }
    return results;
  }

  #result(
    rule: RuleResult["rule"],
    expected: string,
    { count, examples }: Breaches,
    one: string,
    many = plurals[one] ?? one,
  ): RuleResult {
    const measured =
      count === 0
        ? `all ${formatCount(this.#rows)} rows comply`
        : `${formatCount(count)} of ${formatCount(this.#rows)} ${count === 1 ? one : many}`;
    return {
      column: this.#rule.column,
      rule,
      expected,
      measured,
      passed: count === 0,
      violations: count,
      examples,
    };
  }
}

const plurals: Record<string, string> = {
  "is not": "are not",
  "is missing": "are missing",
  "is outside": "are outside",
};

function article(type: ValueKind): string {
  return type === "integer" ? "an integer" : type === "text" ? "text" : `a ${type}`;
}

function formatRange(min: number | null, max: number | null): string {
  if (min === null) return `at most ${max}`;
  return max === null ? `at least ${min}` : `${min} to ${max}`;
}

function formatLevels(levels: readonly string[]): string {
  const first = levels.slice(0, 5).map(shown).join(", ");
  return levels.length > 5 ? `${first} and ${levels.length - 5} more` : first;
}
