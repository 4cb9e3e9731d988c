import { printYaml } from "#server/base/yaml.ts";
import type { SloDefinition } from "../../objectives/contract.ts";
import { documentOf, type NamedSlo, type Section } from "./document.ts";
import { asSection, isSame, listOf, lookupIn } from "./documents.ts";
import { filled, foreignOf, type RetainedSections } from "./foreign.ts";
import { readDefinition } from "./read-definition.ts";

/**
 * Formats an SLO as an OpenSLO v1 file. Content that OpenSLO does not support, such as pairs of windows, is in annotations
 * `leeway.internal/…`; unsupported content of an imported file is written again, in its original form unless its meaning was changed.
 */
export function toOpenSlo(slo: NamedSlo): string {
  const kept = foreignOf(slo.definition.foreign);
  const document = kept ? restored(slo, kept) : documentOf(slo);
  const documents = [document, ...(kept?.documents ?? [])];
  return documents.map(printYaml).join("---\n");
}

/** Returns the original text where it is still valid, with all of Leeway's values that it lacks. */
function restored(slo: NamedSlo, { document, documents }: RetainedSections): Section {
  const ours = documentOf(slo);
  const { definition: read } = readDefinition(document, slo.name, lookupIn(documents), () => {});
  const { definition } = slo;
  const theirSpec = asSection(document.spec);
  const theirMetadata = asSection(document.metadata);
  const unchanged = (...fields: (keyof SloDefinition)[]) =>
    fields.every((field) => isSame(read[field], definition[field]));
  const { indicator, ...oursWithoutIndicator } = ours.spec;
  const { indicator: theirs, indicatorRef, ...theirsWithoutIndicator } = theirSpec;
  const indicatorPart = unchanged("indicator")
    ? { ...(theirs !== undefined && { indicator: theirs }), ...(indicatorRef !== undefined && { indicatorRef }) }
    : { ...(indicator && { indicator }) };
  const spec: Section = {
    ...asSection(filled(oursWithoutIndicator, unsaid(theirsWithoutIndicator))),
    ...indicatorPart,
  };
  if (unchanged("period")) spec.timeWindow = theirSpec.timeWindow;
  if (unchanged("target", "budgeting")) spec.objectives = theirSpec.objectives;
  const hadPolicies = listOf(theirSpec.alertPolicies).length > 0;
  if (hadPolicies && isSame(read.rules.tiers, definition.rules.tiers)) spec.alertPolicies = theirSpec.alertPolicies;
  if (!ours.spec.description) delete spec.description;
  const metadata = asSection(filled(ours.metadata, theirMetadata));
  if (unchanged("labels") && theirMetadata.labels !== undefined) metadata.labels = theirMetadata.labels;
  else if (ours.metadata.labels) metadata.labels = ours.metadata.labels;
  else delete metadata.labels;
  if (!ours.metadata.displayName) delete metadata.displayName;
  return { ...document, apiVersion: "openslo/v1", kind: "SLO", metadata, spec };
}

const said = ["target", "targetPercent", "timeSliceTarget", "timeSliceWindow"];

/** Removes the fields that Leeway writes in another form, to avoid duplicates. */
function unsaid(spec: Section): Section {
  const objectives = listOf(spec.objectives).map((objective) =>
    Object.fromEntries(Object.entries(asSection(objective)).filter(([key]) => !said.includes(key))),
  );
  const { timeWindow: _, ...rest } = spec;
  return { ...rest, objectives };
}
