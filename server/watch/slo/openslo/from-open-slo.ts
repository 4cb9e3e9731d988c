import { DomainError } from "#server/base/errors.ts";
import type { Composite, SloDefinition } from "../../objectives/contract.ts";
import { documentOf, prefix, type Section } from "./document.ts";
import { asSection, isSame, isSection, type Lookup, listOf, lookupIn, sectionOf, yamlDocuments } from "./documents.ts";
import { namedBy, withoutOwn } from "./foreign.ts";
import { isPyrra, readPyrra } from "./pyrra.ts";
import { readDefinition } from "./read-definition.ts";
import { isSloth, readSloth } from "./sloth.ts";

export interface ImportedSlo {
  name: string;
  definition: SloDefinition;
  /**
   * For a composite: its components by name; the caller that saves it knows their IDs. Its definition only contains IDs if the file did.
   */
  composite: { mode: Composite["mode"]; parts: { name: string; weight: number }[] } | null;
}

const otherKinds = ["SLI", "AlertPolicy", "AlertCondition", "AlertNotificationTarget", "DataSource", "Service"];

/**
 * Reads the SLOs of an OpenSLO v1 file, or of a Sloth or Pyrra file, with warnings about everything that could not be imported unchanged.
 * References are resolved within the same file.
 * @throws DomainError "invalid" with the position and the expected value.
 */
export function fromOpenSlo(yaml: string): { slos: ImportedSlo[]; warnings: string[] } {
  const documents = yamlDocuments(yaml);
  const lookup = lookupIn(documents);
  const warnings = new Set<string>();
  const warn = (warning: string) => void warnings.add(warning);
  const slos = documents.flatMap((document, index) => {
    if (isSloth(document)) return readSloth(document, warn).map(alone);
    if (isPyrra(document)) return [alone(readPyrra(document, warn))];
    checkVersion(document, index);
    return document.kind === "SLO" ? readSlo(document, lookup, warn) : [];
  });
  if (slos.length === 0) throw new DomainError("invalid", "The file contains no SLO. Add a document with kind: SLO.");
  const names = slos.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new DomainError("invalid", `Duplicate SLO name "${twice}" in the file.`);
  return { slos, warnings: [...warnings] };
}

function alone(slo: Omit<ImportedSlo, "composite">): ImportedSlo {
  return { ...slo, composite: null };
}

function checkVersion({ apiVersion, kind }: Section, index: number): void {
  const which = `Document ${index + 1} in the file`;
  if (String(apiVersion).startsWith("openslo.com/v2") || String(apiVersion).startsWith("openslo/v2"))
    throw new DomainError(
      "invalid",
      `${which} uses OpenSLO ${String(apiVersion).split("/")[1]}, an unstable draft. Use apiVersion: openslo/v1.`,
    );
  if (apiVersion !== "openslo/v1")
    throw new DomainError(
      "invalid",
      `${which} has apiVersion ${JSON.stringify(apiVersion) ?? "missing"}. Supported: openslo/v1, Sloth and Pyrra.`,
    );
  if (kind !== "SLO" && !otherKinds.includes(String(kind)))
    throw new DomainError(
      "invalid",
      `${which} has kind ${JSON.stringify(kind) ?? "missing"}. OpenSLO v1 defines SLO, ${otherKinds.join(", ")}.`,
    );
}

const Name = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function readSlo(document: Section, lookup: Lookup, warn: (warning: string) => void): ImportedSlo[] {
  const metadata = sectionOf(document.metadata, "metadata of an SLO");
  const { name } = metadata;
  if (typeof name !== "string" || !Name.test(name))
    throw new DomainError(
      "invalid",
      `metadata.name is ${JSON.stringify(name) ?? "missing"}. Names can have at most 63 lower-case letters, digits and hyphens, and must start and end with a letter or digit.`,
    );
  const spec = sectionOf(document.spec, `${name}.spec`);
  const objectives = listOf(spec.objectives).map(asSection);
  const isComposite = objectives.some((each) => each.indicator !== undefined || each.indicatorRef !== undefined);
  if (asSection(metadata.annotations)[`${prefix}composite`] !== undefined || objectives.length < 2)
    return [single(name, document, lookup, warn)];
  if (!isComposite && isSection(asSection(asSection(spec.indicator).spec).thresholdMetric))
    throw new DomainError(
      "invalid",
      `${name}: thresholdMetric requires exactly one objective, got ${objectives.length}.`,
    );
  const parts = objectives.map((objective, index) => {
    const { compositeWeight: _, ...rest } = objective;
    const annotations = { ...asSection(metadata.annotations), [`${prefix}group`]: name };
    const part = {
      ...document,
      metadata: { ...metadata, annotations },
      spec: { ...spec, objectives: [isComposite ? rest : objective] },
    };
    const partName = `${name.slice(0, 60)}-${index + 1}`;
    return single(partName, part, lookup, warn);
  });
  if (!isComposite) {
    warn(
      `${name} has ${objectives.length} objectives; they were imported as ${parts.map((part) => part.name).join(", ")}.`,
    );
    return parts;
  }
  warn(`${name} is a composite; its components were imported as ${parts.map((part) => part.name).join(", ")}.`);
  const weights = objectives.map(({ compositeWeight }) =>
    typeof compositeWeight === "number" && compositeWeight > 0 ? compositeWeight : 1,
  );
  const [first] = parts as [ImportedSlo];
  const definition = { ...first.definition, indicator: null, foreign: {} };
  const composite = {
    mode: "openslo" as const,
    parts: parts.map((part, index) => ({ name: part.name, weight: weights[index] as number })),
  };
  return [...parts, { name, definition, composite }];
}

/** Reads one objective. Its document is stored if it contains more than Leeway would write. */
function single(name: string, document: Section, lookup: Lookup, warn: (warning: string) => void): ImportedSlo {
  const { definition, partNames } = readDefinition(document, name, lookup, warn);
  const { composite } = definition;
  const written: unknown = JSON.parse(
    JSON.stringify(documentOf({ name, definition, ...(partNames && { partNames }) })),
  );
  const foreign = isSame(written, document)
    ? {}
    : { document: withoutOwn(document), documents: namedBy(document, lookup) };
  return {
    name,
    definition: { ...definition, foreign },
    composite: composite && {
      mode: composite.mode,
      parts: composite.parts.map(({ sloId, weight }) => ({ name: partNames?.[sloId] ?? sloId, weight })),
    },
  };
}
