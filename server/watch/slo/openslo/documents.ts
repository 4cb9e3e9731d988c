import { LineCounter, parseAllDocuments } from "yaml";
import { DomainError } from "#server/base/errors.ts";
import type { Section } from "./document.ts";

/** The other documents of a file, which references of an SLO may name. */
export interface Lookup {
  find: (kind: string, name: string) => Section | undefined;
}

/** Returns the documents of a YAML file, in their order. @throws DomainError "invalid" with the line of the mistake. */
export function yamlDocuments(text: string): Section[] {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error) {
      const { line } = lineCounter.linePos(error.pos[0]);
      throw new DomainError("invalid", `Invalid YAML in line ${line}: ${error.message.split(" at line")[0]}.`);
    }
    const value: unknown = plain(document);
    if (value === null || value === undefined) return [];
    return [sectionOf(value, "A document in the file")];
  });
}

function plain(document: { toJS: () => unknown }): unknown {
  try {
    // Converts dates and similar values to the stored JSON form.
    return JSON.parse(JSON.stringify(document.toJS() ?? null));
  } catch (error) {
    throw new DomainError("invalid", "The file contains too many YAML aliases. Expand them.", {
      cause: error,
    });
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
