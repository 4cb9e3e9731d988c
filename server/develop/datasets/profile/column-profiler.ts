import { shown } from "../rows/shown.ts";
import type { Value } from "../rows/value.ts";
import type { ColumnProfile, ColumnType, ValueKind } from "./contract.ts";
import { DistinctCounter } from "./distinct-counter.ts";
import { NumberSummary } from "./number-summary.ts";

/** Gathers the profile of one column, value by value, in memory that does not grow with the rows. */
export class ColumnProfiler {
  readonly #name: string;
  readonly #kinds = new Map<ValueKind, ColumnProfile["kinds"][number]>();
  readonly #distinct = new DistinctCounter();
  readonly #numbers = new NumberSummary();
  #missing = 0;
  #texts: { shortest: number; longest: number; total: number } | undefined;
  #times: { min: string; max: string } | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** @param at line or row number, for the example. */
  add(value: Value, at: number): void {
    if (value === null) {
      this.#missing += 1;
      return;
    }
    const kind = this.#kinds.get(value.kind);
    if (kind) kind.count += 1;
    else this.#kinds.set(value.kind, { kind: value.kind, count: 1, firstAt: at, example: shown(value.text) });
    this.#distinct.add(value.text);
    if (value.kind === "integer" || value.kind === "number") this.#numbers.add(value.number);
    else if (value.kind === "text") this.#addText(value.text.length);
    else if (value.kind === "time") this.#addTime(value.text);
  }

  profile(): ColumnProfile {
    const kinds = [...this.#kinds.values()].sort((a, b) => b.count - a.count);
    const count = kinds.reduce((sum, kind) => sum + kind.count, 0);
    const texts = this.#texts;
    return {
      name: this.#name,
      type: typeOf(kinds.map(({ kind }) => kind)),
      count,
      missing: this.#missing,
      kinds,
      distinct: this.#distinct.count(),
      levels: this.#distinct.levels(),
      numbers: this.#numbers.summary(),
      times: this.#times ?? null,
      texts: texts
        ? {
            shortest: texts.shortest,
            longest: texts.longest,
            mean: texts.total / (this.#kinds.get("text")?.count ?? 1),
          }
        : null,
    };
  }

  #addText(length: number): void {
    this.#texts ??= { shortest: length, longest: length, total: 0 };
    this.#texts.shortest = Math.min(this.#texts.shortest, length);
    this.#texts.longest = Math.max(this.#texts.longest, length);
    this.#texts.total += length;
  }

  #addTime(text: string): void {
    this.#times ??= { min: text, max: text };
    if (text < this.#times.min) this.#times.min = text;
    if (text > this.#times.max) this.#times.max = text;
  }
}

/** Returns the narrowest type that fits values of all these kinds. */
function typeOf(kinds: readonly ValueKind[]): ColumnType {
  const [first] = kinds;
  if (first === undefined) return "empty";
  if (kinds.every((kind) => kind === first)) return first;
  return kinds.every((kind) => kind === "integer" || kind === "number") ? "number" : "text";
}
