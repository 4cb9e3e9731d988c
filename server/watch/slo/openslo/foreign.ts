import { prefix, type Section } from "./document.ts";
import { asSection, isSection, type Lookup, listOf } from "./documents.ts";

/** Unsupported content of an imported file: the SLO's document, and the documents that it references. */
export interface RetainedSections {
  document: Section;
  documents: Section[];
}

const group = `${prefix}group`;

/** Returns a document without the annotations that Leeway rewrites. */
export function withoutOwn(document: Section): Section {
  const metadata = asSection(document.metadata);
  const kept = Object.entries(asSection(metadata.annotations)).filter(
    ([name]) => !name.startsWith(prefix) || name === group,
  );
  const { annotations: _, ...rest } = metadata;
  return { ...document, metadata: { ...rest, ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }) } };
}

const references: Record<string, string> = {
  indicatorRef: "SLI",
  alertPolicyRef: "AlertPolicy",
  conditionRef: "AlertCondition",
  targetRef: "AlertNotificationTarget",
  metricSourceRef: "DataSource",
  service: "Service",
};

/** Returns the documents of the file that a document references, directly or indirectly, in a canonical order. */
export function namedBy(document: Section, lookup: Lookup): Section[] {
  const found = new Set<Section>();
  const visit = (value: unknown): void => {
    for (const each of listOf(value)) visit(each);
    if (!isSection(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      const kind = references[key];
      const named = kind && typeof inner === "string" ? lookup.find(kind, inner) : undefined;
      if (named && !found.has(named)) {
        found.add(named);
        visit(named.spec);
      }
      visit(inner);
    }
  };
  visit(document.spec);
  const nameOf = ({ kind, metadata }: Section) => `${kind} ${asSection(metadata).name}`;
  return [...found].toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

export function foreignOf(foreign: Record<string, unknown>): RetainedSections | undefined {
  const { document, documents } = foreign;
  return isSection(document) ? { document, documents: listOf(documents).filter(isSection) } : undefined;
}

/** Merges `ours` with content that exists only in `theirs`; lists of equal length by index; an empty list in `ours` is replaced. */
export function filled(ours: unknown, theirs: unknown): unknown {
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    if (ours.length === 0) return theirs;
    return ours.length === theirs.length ? ours.map((each, index) => filled(each, theirs[index])) : ours;
  }
  if (!isSection(ours) || !isSection(theirs)) return ours;
  const both = Object.entries(ours).map(([key, value]) => [key, key in theirs ? filled(value, theirs[key]) : value]);
  return { ...theirs, ...Object.fromEntries(both) };
}
