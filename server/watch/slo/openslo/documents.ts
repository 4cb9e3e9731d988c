import { DomainError } from "#server/base/errors.ts";
import { parseYamlDocuments, YamlProblem } from "#server/base/yaml.ts";
import type { Section } from "./document.ts";

/** The other documents of a file, which references of an SLO may name. */
export interface Lookup {
  find: (kind: string, name: string) => Section | undefined;
}

/** Returns the documents of a YAML file, in their order. @throws DomainError "invalid" with the line of the mistake. */
export function yamlDocuments(text: string): Section[] {
  return parsed(text)
    .filter((value) => value !== null && value !== undefined)
    .map((value) => sectionOf(value, "A document in the file"));
}

function parsed(text: string): unknown[] {
  try {
    return parseYamlDocuments(text);
  } catch (cause) {
    if (!(cause instanceof YamlProblem)) throw cause;
    throw new DomainError("invalid", `Invalid YAML in line ${cause.line}: ${cause.message}.`, { cause });
  }
}

export function lookupIn(documents: readonly Section[]): Lookup {
  const named = (document: Section) => asSection(document.metadata).name;
  return { find: (kind, name) => documents.find((each) => each.kind === kind && named(each) === name) };
}

export function isSection(value: unknown): value is Section {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the section, or an empty one. */
export function asSection(value: unknown): Section {
  return isSection(value) ? value : {};
}

export function sectionOf(value: unknown, where: string): Section {
  if (isSection(value)) return value;
  throw new DomainError("invalid", `${where} must be an object, got ${JSON.stringify(value) ?? "nothing"}.`);
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Whether two plain values are equal, regardless of the order of their fields. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, index) => isSame(each, b[index]));
  if (!isSection(a) || !isSection(b)) return Object.is(a, b);
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}
