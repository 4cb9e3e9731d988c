import { formatCount } from "#server/base/format-number.ts";
import { isTimeZone } from "#server/base/time-zone.ts";
import type { SloDefinition } from "../../objectives/contract.ts";
import { type IndicatorKind, ticketOnly } from "../../objectives/indicators/contract.ts";
import { compositeProblem } from "../engine/combine.ts";
import { nominalMinutes } from "../engine/periods.ts";

/** Problem with a definition, and the form field that it concerns. */
export interface DefinitionProblem {
  message: string;
  field: string;
}

/** A part of a composite, as far as it decides whether it fits. */
export interface Part {
  name: string;
  definition: SloDefinition;
}

/** Whether its alerts are always tickets: estimates and costs, and composites with such a component. */
export function isTicketOnly({ indicator }: Pick<SloDefinition, "indicator">, parts: readonly Part[] = []): boolean {
  const kinds = [indicator, ...parts.map(({ definition }) => definition.indicator)].map((one) => one?.kind);
  return kinds.some((kind) => ticketOnly.includes(kind as IndicatorKind));
}

/** Whether any of its rules pages. */
export function pages({ rules: { tiers, absent } }: Pick<SloDefinition, "rules">): boolean {
  return absent?.severity === "page" || tiers.some(({ severity }) => severity === "page");
}

/**
 * Returns the first problem that prevents a definition from being saved; undefined if it is valid. @param parts of its composite, in their
 * order
 */
export function definitionProblem(definition: SloDefinition, parts: readonly Part[]): DefinitionProblem | undefined {
  const { indicator, composite } = definition;
  if ((indicator === null) === (composite === null))
    return {
      field: "indicator",
      message: "Specify either an SLI or the components of a composite, not both.",
    };
  if (indicator?.kind === "feature-freshness" && indicator.viewId === null && indicator.endpointId === null)
    return { field: "indicator.viewId", message: "Choose a feature view, an endpoint, or both." };
  return periodProblem(definition) ?? ruleProblem(definition, parts) ?? partsProblem(definition, parts);
}

function periodProblem({ period, budgeting }: SloDefinition): DefinitionProblem | undefined {
  if (period.kind === "calendar" && !isTimeZone(period.timeZone))
    return {
      field: "period.timeZone",
      message: `Unknown time zone "${period.timeZone}". Use a name such as Europe/Berlin.`,
    };
  if (budgeting.method !== "occurrences" && budgeting.sliceMinutes > nominalMinutes(period))
    return {
      field: "budgeting.sliceMinutes",
      message: "The slice is longer than the SLO window. Choose a shorter one.",
    };
  return undefined;
}

function ruleProblem(definition: SloDefinition, parts: readonly Part[]): DefinitionProblem | undefined {
  const { rules, period } = definition;
  const most = nominalMinutes(period);
  for (const [index, { longMinutes, shortMinutes }] of rules.tiers.entries()) {
    const field = `rules.tiers.${index}`;
    if (longMinutes > most)
      return {
        field: `${field}.longMinutes`,
        message: `A burn-rate window of ${formatCount(longMinutes)} minutes is longer than the SLO window. Choose a shorter one.`,
      };
    if (shortMinutes !== null && shortMinutes >= longMinutes && longMinutes > 1)
      return {
        field: `${field}.shortMinutes`,
        message: "The short window must be shorter than the long window.",
      };
  }
  if (pages(definition) && isTicketOnly(definition, parts))
    return {
      field: "rules.tiers",
      message: "Estimates, late labels and costs can only open tickets. Set all its rules to ticket.",
    };
  return undefined;
}

function partsProblem(definition: SloDefinition, parts: readonly Part[]): DefinitionProblem | undefined {
  const { composite } = definition;
  if (!composite) return undefined;
  const field = "composite.parts";
  if (new Set(composite.parts.map(({ sloId }) => sloId)).size < composite.parts.length)
    return { field, message: "Duplicate component. Increase its weight instead." };
  const foreign = parts.find(({ definition }) => definition.indicator?.kind === "foreign");
  if (foreign) return { field, message: `"${foreign.name}" is not evaluated, so it cannot be a component.` };
  const message = compositeProblem(
    definition,
    parts.map((part) => part.definition),
  );
  return message === null ? undefined : { field, message };
}
