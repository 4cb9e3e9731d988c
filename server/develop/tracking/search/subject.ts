import type { DomainError } from "#server/base/errors.ts";
import type { Subject, ValueType, Vocabulary } from "./filter.ts";

export interface TypedSubject {
  subject: Subject;
  type: ValueType;
}

/** Function that creates the error for a name at its position. */
type Refuse = (message: string) => DomainError;

/** Finds what a dotted name means: without a known first part, an attribute. @throws what `refuse` makes of the reason. */
export function resolveSubject(parts: readonly string[], vocabulary: Vocabulary, refuse: Refuse): TypedSubject {
  const [first = "", ...others] = parts;
  if (others.length === 0) return attribute(first, vocabulary, refuse);
  const entity = Object.keys(vocabulary.entities).find((name) => vocabulary.entities[name]?.includes(first));
  if (!entity) {
    const known = Object.values(vocabulary.entities).map(([name]) => `'${name}'`);
    throw refuse(`Invalid entity type '${first}'. Valid values are [${known.join(", ")}]`);
  }
  const key = others.join(".");
  if (entity === "attribute") return attribute(key, vocabulary, refuse);
  const keys = vocabulary.keys?.[entity];
  if (keys && !keys.some((known) => isMeant(known, key))) throw refuse(unknownKey(entity, key, keys));
  return { subject: { entity, key }, type: vocabulary.types[entity] ?? "text" };
}

/** Returns whether a key matches a known key; one that ends with a star matches all longer keys with that prefix. */
function isMeant(known: string, key: string): boolean {
  if (!known.endsWith("*")) return known === key;
  return key.length >= known.length && key.startsWith(known.slice(0, -1));
}

function attribute(name: string, { attributes }: Vocabulary, refuse: Refuse): TypedSubject {
  const known = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (!known) {
    const names = [...new Set(Object.values(attributes).map((one) => one.name))];
    throw refuse(unknownKey("attribute", name, names));
  }
  return { subject: { entity: "attribute", key: known.name }, type: known.type };
}

function unknownKey(entity: string, key: string, known: readonly string[]): string {
  const list = known.map((name) => `'${name}'`).join(", ");
  return `Invalid ${entity} key '${key}' specified. Valid keys are ${list}`;
}
