import { DomainError } from "#server/base/errors.ts";
import { Indicator } from "../../objectives/indicators/contract.ts";
import type { Section } from "./document.ts";
import { asSection, isSection, type Lookup, sectionOf } from "./documents.ts";

/** Returns the indicator that a spec or an objective contains or references; undefined if it does neither. */
export function indicatorOf(holder: Section, where: string, lookup: Lookup): Section | undefined {
  const { indicator, indicatorRef } = holder;
  if (indicator !== undefined && indicatorRef !== undefined)
    throw new DomainError("invalid", `${where} has both indicator and indicatorRef. Leave one of them out.`);
  if (indicator !== undefined) return sectionOf(indicator, `${where}.indicator`);
  if (indicatorRef === undefined) return undefined;
  const found = lookup.find("SLI", String(indicatorRef));
  if (found) return { metadata: found.metadata, spec: found.spec };
  throw new DomainError(
    "invalid",
    `${where}.indicatorRef names the SLI "${indicatorRef}", which is not in this file. Add it, or write the indicator in place.`,
  );
}

/**
 * Reads an indicator: one of Leeway's own, pushed counts, or a foreign one that is stored unchanged. The contents of the ratio are
 * validated.
 * @param method the budgeting method, as OpenSLO names it.
 */
export function readIndicator(
  section: Section,
  where: string,
  method: string,
  warn: (warning: string) => void,
): Indicator {
  const spec = sectionOf(section.spec, `${where}.indicator.spec`);
  const { ratioMetric, thresholdMetric } = spec;
  if ((ratioMetric === undefined) === (thresholdMetric === undefined))
    throw new DomainError("invalid", `${where}.indicator must have exactly one of ratioMetric and thresholdMetric.`);
  if (ratioMetric !== undefined) {
    const ratio = sectionOf(ratioMetric, `${where}.indicator.spec.ratioMetric`);
    checkRatio(ratio, where, method);
    if (ratio.raw !== undefined)
      warn(`${where}: raw ratios have no event counts, so the significance gate does not apply.`);
    const own = ownIndicator(ratio, section, where);
    if (own) return own;
  }
  warn(
    `${where}: Leeway cannot read the data source of this SLI. It is stored and displayed, but not evaluated; post its counts to have it evaluated.`,
  );
  return { kind: "foreign", spec: section };
}

function checkRatio(ratio: Section, where: string, method: string): void {
  if (ratio.raw !== undefined) {
    if (method !== "RatioTimeslices")
      throw new DomainError(
        "invalid",
        `${where}.ratioMetric.raw needs budgetingMethod RatioTimeslices, and it is ${method}.`,
      );
    if (ratio.rawType !== "success" && ratio.rawType !== "failure")
      throw new DomainError("invalid", `${where}.ratioMetric.rawType must be success or failure.`);
    return;
  }
  if ((ratio.good === undefined) === (ratio.bad === undefined) || ratio.total === undefined)
    throw new DomainError("invalid", `${where}.ratioMetric needs total and exactly one of good and bad.`);
}

/** Placeholder for the endpoint named like the service, in hand-written files, which contain no IDs. */
export const endpointOfService = "00000000-0000-0000-0000-000000000000";

/** Placeholder for the feature view named like the service. */
export const viewOfService = "00000000-0000-0000-0000-000000000001";

/** Values that a hand-written file leaves to the name of its service. */
function defaultsOf(kind: unknown): Section {
  if (kind === "posted") return {};
  if (kind === "view-lag") return { viewId: viewOfService };
  return kind === "feature-freshness" ? {} : { endpointId: endpointOfService };
}

/** Reads the indicator of a source of type Leeway, or counts posted under the indicator's name. */
function ownIndicator(ratio: Section, section: Section, where: string): Indicator | undefined {
  const source = asSection(asSection(ratio.good ?? ratio.bad).metricSource);
  if (source.type !== "Leeway") return undefined;
  const { count: _, ...spec } = asSection(source.spec);
  if (spec.kind === undefined) {
    const { name } = asSection(section.metadata);
    return { kind: "posted", source: String(spec.source ?? name ?? "counts").slice(0, 200), endpointId: null };
  }
  const parsed = Indicator.safeParse({ ...defaultsOf(spec.kind), ...spec });
  if (parsed.success && parsed.data.kind !== "foreign") return parsed.data;
  const [issue] = parsed.success ? [] : parsed.error.issues;
  const field = issue ? `${issue.path.join(".") || "kind"}: ${issue.message}` : "kind: foreign is not for files";
  throw new DomainError("invalid", `${where}.indicator of type Leeway cannot be read, ${field}.`);
}

/** Parts of a threshold metric's objective. */
export function checkThreshold(section: Section, objective: Section, where: string): void {
  if (!isSection(asSection(section.spec).thresholdMetric)) return;
  if (!["lte", "gte", "lt", "gt"].includes(String(objective.op)) || typeof objective.value !== "number")
    throw new DomainError(
      "invalid",
      `${where}: a thresholdMetric needs op (lte, gte, lt or gt) and a value in its objective.`,
    );
}
