import type { Random } from "#server/stats/random.ts";
import type { Clause, Filter, Subject, Value, Vocabulary } from "../../../../develop/tracking/search/filter.ts";

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

/** What the texts and numbers of a made filter are chosen from. */
export interface Material {
  keys: readonly string[];
  texts: readonly string[];
  numbers: readonly string[];
  patterns: readonly string[];
}

/** A filter that the grammar allows, over everything that a vocabulary knows. */
export function makeFilter(random: Random, vocabulary: Vocabulary, material: Material, depth = 3): string {
  const inner = (): string => makeFilter(random, vocabulary, material, depth - 1);
  const roll = depth === 0 ? 1 : random();
  if (roll < 0.15) return `(${inner()})`;
  if (roll < 0.3) return `${pick(random, ["NOT", "not"])} (${inner()})`;
  if (roll < 0.6) return `${inner()} ${pick(random, ["AND", "OR", "and", "or", ""])} ${inner()}`;
  return makeClause(random, vocabulary, material);
}

function makeClause(random: Random, vocabulary: Vocabulary, { keys, texts, numbers, patterns }: Material): string {
  const entity = pick(random, Object.keys(vocabulary.entities));
  const prefix = pick(random, vocabulary.entities[entity] ?? []);
  const attribute = pick(random, Object.keys(vocabulary.attributes));
  const key = entity === "attribute" ? attribute : pick(random, vocabulary.keys?.[entity] ?? keys);
  const type = entity === "attribute" ? vocabulary.attributes[attribute]?.type : vocabulary.types[entity];
  const subject = `${prefix}.\`${key}\``;
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const value = () => (type?.endsWith("number") ? pick(random, numbers) : quoted(pick(random, texts)));
  const not = pick(random, ["", "NOT "]);
  const forms = [
    () => `${subject} ${pick(random, ["=", "!=", "<>", "<", "<=", ">", ">="])} ${value()}`,
    () => `${subject} ${not}IN (${value()}, ${value()})`,
    () => `${subject} ${not}BETWEEN ${value()} AND ${value()}`,
    () => `${subject} IS ${not}NULL`,
  ];
  const pattern = () =>
    `${subject} ${not}${pick(random, ["LIKE", "ILIKE", "RLIKE"])} ${quoted(pick(random, patterns))}`;
  return pick(random, type === "text" ? [...forms, pattern] : forms)();
}

const scraps = [
  "'",
  '"',
  "`",
  "(",
  ")",
  ",",
  ".",
  "\\",
  "%",
  "--",
  ";",
  "$1",
  " AND ",
  " OR ",
  " IS ",
  "\0",
  "\ud800",
  "💥",
  "é",
];

/** The same text with something in it cut out, doubled, exchanged or put in. */
export function mutate(random: Random, text: string): string {
  let mutated = text;
  for (let times = 1 + Math.floor(random() * 3); times > 0; times--) {
    const at = Math.floor(random() * (mutated.length + 1));
    const end = Math.min(mutated.length, at + Math.floor(random() * 6));
    const piece = pick(random, ["", mutated.slice(at, end).repeat(2), pick(random, scraps), mutated.slice(0, 8)]);
    mutated = mutated.slice(0, at) + piece + mutated.slice(end);
  }
  return mutated;
}

/** All values that a thing has of a subject: none, one, or one for each of its datasets. */
export type ValuesOf = (subject: Subject) => Value[];

/** What a filter means, without a database: the definition that the SQL is held against. */
export function isSatisfied(filter: Filter, valuesOf: ValuesOf): boolean {
  switch (filter.kind) {
    case "and":
      return filter.parts.every((part) => isSatisfied(part, valuesOf));
    case "or":
      return filter.parts.some((part) => isSatisfied(part, valuesOf));
    case "not":
      return !isSatisfied(filter.part, valuesOf);
    case "null":
      return valuesOf(filter.subject).length > 0 === filter.isNegated;
    default:
      return valuesOf(filter.subject).some((value) => test(filter, value) !== filter.isNegated);
  }
}

function test(clause: Exclude<Clause, { kind: "null" }>, value: Value): boolean {
  if (clause.kind === "in") return clause.values.includes(value);
  if (clause.kind === "between") return order(value, clause.low) >= 0 && order(value, clause.high) <= 0;
  const wanted = clause.value;
  switch (clause.comparator) {
    case "=":
      return value === wanted;
    case "!=":
      return value !== wanted;
    case "LIKE":
      return like(String(wanted), "su").test(String(value));
    case "ILIKE":
      return like(String(wanted), "siu").test(String(value));
    case "RLIKE":
      return new RegExp(String(wanted), "su").test(String(value));
    case "<":
      return order(value, wanted) < 0;
    case "<=":
      return order(value, wanted) <= 0;
    case ">":
      return order(value, wanted) > 0;
    case ">=":
      return order(value, wanted) >= 0;
  }
}

/** Below 0, 0 or above; NaN, which no comparison with 0 is true of, when one of them is NaN. Text goes by its bytes. */
function order(one: Value, other: Value): number {
  if (typeof one === "number" && typeof other === "number") return one - other || (one === other ? 0 : one - other);
  return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)));
}

function like(pattern: string, flags: string): RegExp {
  const source = [...pattern].map((one) =>
    one === "%" ? ".*" : one === "_" ? "." : one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
  );
  return new RegExp(`^${source.join("")}$`, flags);
}
