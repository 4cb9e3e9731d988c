/** Subject of a comparison in a filter: an attribute of the row itself, or an entry of one of its collections. */
export interface Subject {
  /** "attribute", "metric", "param", "tag", "dataset". */
  entity: string;
  /** Canonical name of an attribute; else the key as written. */
  key: string;
}

export type Value = string | number;
export type Comparator = "=" | "!=" | ">" | ">=" | "<" | "<=" | "LIKE" | "ILIKE" | "RLIKE";

/**
 * A parsed filter. `isNegated` inside a clause is "has the key, and not so": NOT LIKE, NOT IN, NOT BETWEEN. The operator NOT is the
 * complement: it includes what lacks the key.
 */
export type Filter = { kind: "and" | "or"; parts: Filter[] } | { kind: "not"; part: Filter } | Clause;

export type Clause =
  | { kind: "compare"; subject: Subject; comparator: Comparator; value: Value; isNegated: boolean }
  | { kind: "in"; subject: Subject; values: Value[]; isNegated: boolean }
  | { kind: "between"; subject: Subject; low: Value; high: Value; isNegated: boolean }
  | { kind: "null"; subject: Subject; isNegated: boolean };

/** Fields and types that a search supports. */
export interface Vocabulary {
  /** Prefixes of each entity: "metric" → ["metric", "metrics"]. The first is its name in messages. */
  entities: Record<string, readonly string[]>;
  /** Attributes by every name they may be called, with their canonical name and the type of their values. */
  attributes: Record<string, { name: string; type: ValueType }>;
  /** Types of the entries of the other entities. */
  types: Record<string, ValueType>;
  /** Allowed keys of entities with a fixed set of keys; "attributes.*" matches all with that prefix. */
  keys?: Record<string, readonly string[]>;
  /** Whether a number may be used as text without quotes, as in params.lr = 0.5. */
  allowsUnquotedText?: boolean;
}

/** "either": a number or text; "quotable number": a number, with or without quotes. */
export type ValueType = "number" | "quotable number" | "text" | "either";
