import { DomainError } from "#server/errors.ts";
import type { Subject, ValueType, Vocabulary } from "./filter.ts";

export interface TypedSubject {
  subject: Subject;
  type: ValueType;
}

/** Finds what a dotted name means: without a known first part, an attribute. @throws DomainError "invalid" */
export function resolveSubject(parts: readonly string[], vocabulary: Vocabulary): TypedSubject {
  const [first = "", ...others] = parts;
  if (others.length === 0) return attribute(first, vocabulary);
  const entity = Object.keys(vocabulary.entities).find((name) => vocabulary.entities[name]?.includes(first));
  if (!entity) {
    const known = Object.values(vocabulary.entities).map(([name]) => `'${name}'`);
    throw new DomainError("invalid", `Invalid entity type '${first}'. Valid values are [${known.join(", ")}]`);
  }
  const key = others.join(".");
  if (entity === "attribute") return attribute(key, vocabulary);
  const keys = vocabulary.keys?.[entity];
  if (keys && !keys.includes(key)) throw unknownKey(entity, key, keys);
  return { subject: { entity, key }, type: vocabulary.types[entity] ?? "text" };
}

function attribute(name: string, { attributes }: Vocabulary): TypedSubject {
  const known = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (!known) throw unknownKey("attribute", name, [...new Set(Object.values(attributes).map((one) => one.name))]);
  return { subject: { entity: "attribute", key: known.name }, type: known.type };
}

function unknownKey(entity: string, key: string, known: readonly string[]): DomainError {
  const list = known.map((name) => `'${name}'`).join(", ");
  return new DomainError("invalid", `Invalid ${entity} key '${key}' specified. Valid keys are ${list}`);
}
