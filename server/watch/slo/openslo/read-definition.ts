import { DomainError } from "#server/base/errors.ts";
import { SloDefinition } from "../../objectives/contract.ts";
import { prefix, type Section } from "./document.ts";
import { asSection, isSection, type Lookup, listOf, sectionOf } from "./documents.ts";
import { checkThreshold, indicatorOf, readIndicator } from "./read-indicator.ts";
import { readRules } from "./read-rules.ts";
import { readBudgeting, readLabels, readPeriod, readTarget } from "./read-sections.ts";

type Warn = (warning: string) => void;

export interface ReadDefinition {
  /** Definition without foreign content so far. */
  definition: SloDefinition;
  /** For a Leeway composite: names of its components by ID. */
  partNames: Record<string, string> | undefined;
}

/** Reads one SLO document with one objective, or a composite of Leeway's own, as a definition. @param where its name in messages. */
export function readDefinition(document: Section, where: string, lookup: Lookup, warn: Warn): ReadDefinition {
  const metadata = sectionOf(document.metadata, `${where}.metadata`);
  const spec = sectionOf(document.spec, `${where}.spec`);
  const annotations = asSection(metadata.annotations);
  const composite = compositeOf(annotations[`${prefix}composite`], where);
  const objectives = listOf(spec.objectives).map((each, index) => sectionOf(each, `${where}.objectives[${index}]`));
  const [objective] = objectives;
  if (!objective) throw new DomainError("invalid", `${where}.objectives must hold at least one objective.`);
  const period = readPeriod(spec.timeWindow, where, warn);
  const held = composite
    ? undefined
    : (indicatorOf(spec, where, lookup) ?? indicatorOf(objective, `${where}.objectives[0]`, lookup));
  if (!composite && !held)
    throw new DomainError("invalid", `${where} has no indicator. Add indicator or indicatorRef.`);
  const indicator = held ? readIndicator(held, where, String(spec.budgetingMethod), warn) : null;
  if (held) checkThreshold(held, objective, where);
  const sources = { where, annotations, policies: spec.alertPolicies, period, indicatorKind: indicator?.kind ?? null };
  const definition = SloDefinition.safeParse({
    displayName: metadata.displayName ?? "",
    description: spec.description ?? "",
    service: typeof spec.service === "string" ? spec.service : "",
    target: composite
      ? Number(annotations[`${prefix}target`] ?? readTarget(objective, where))
      : readTarget(objective, where),
    period,
    budgeting: readBudgeting(spec.budgetingMethod, objective, where),
    indicator,
    composite: composite?.composite ?? null,
    rules: readRules(sources, lookup, warn),
    labels: readLabels(metadata.labels),
    freezes: annotations[`${prefix}freezes`] !== "false",
    foreign: {},
  });
  if (definition.success) return { definition: definition.data, partNames: composite?.partNames };
  const [issue] = definition.error.issues;
  throw new DomainError("invalid", `${where}: ${issue?.path.join(".")}: ${issue?.message}.`);
}

function compositeOf(annotation: unknown, where: string) {
  if (annotation === undefined) return undefined;
  const text = `${where}: annotation ${prefix}composite`;
  let read: unknown;
  try {
    read = JSON.parse(String(annotation));
  } catch (error) {
    throw new DomainError("invalid", `${text} is not valid JSON.`, { cause: error });
  }
  const { mode, parts } = sectionOf(read, text);
  const sections = listOf(parts).filter(isSection);
  return {
    composite: { mode, parts: sections.map(({ id, weight }) => ({ sloId: id, weight })) },
    partNames: Object.fromEntries(sections.map(({ id, slo }) => [String(id), String(slo)])),
  };
}
