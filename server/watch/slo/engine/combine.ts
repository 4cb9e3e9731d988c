import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { combinedBurn } from "#server/stats/burn-rate/composite.ts";
import type { BudgetReading, Composite, SloDefinition, TierReading } from "../../objectives/contract.ts";
import { combinedSlices } from "./combined-slices.ts";
import { bandOf } from "./contract.ts";
import { type CountedSlo, sloEvents } from "./events.ts";
import { nominalMinutes } from "./periods.ts";
import { budgetOf, exhaustionAt } from "./read-budget.ts";
import { tiersOf } from "./read-tiers.ts";
import { withoutResidue } from "./remaining.ts";

/** A part as it is counted for itself, with its own target. An archived one is counted no more. */
export type CompositePart = Omit<CountedSlo, "now"> & { sloId: string; isArchived: boolean };

export interface CombinedReading {
  budget: BudgetReading;
  tiers: TierReading[];
}

/**
 * Computes the state of a composite (docs/spec/slo.md section 9), by its mode. By OpenSLO's rules, components counted in slices are
 * combined into slices of their own, which are evaluated against the composite's target. In all other cases the components' burn rates and
 * consumed budgets are combined; a tier then passes the gate if one component's chance, times the number of components, is below it.
 * Components that are archived are left out.
 * @throws DomainError "invalid" if components differ in period or budgeting, one is missing, or all are archived.
 */
export function combine(composite: SloDefinition, parts: readonly CompositePart[], now: number): CombinedReading {
  const { mode } = compositeOf(composite);
  const known = knownParts(composite, parts);
  if (mode === "openslo" && composite.budgeting.method !== "occurrences") {
    const events = sloEvents({
      counts: combinedSlices(known, composite.budgeting.method),
      definition: composite,
      adjustments: [],
    });
    return { budget: budgetOf(events, composite, now), tiers: tiersOf(events, composite, now) };
  }
  const readings = known.map((part) => {
    // The component's budget by its own target, evaluated with the composite's windows.
    const definition = { ...part.definition, rules: composite.rules };
    const events = sloEvents(part);
    return { weight: part.weight, budget: budgetOf(events, definition, now), tiers: tiersOf(events, definition, now) };
  });
  return {
    budget: combinedBudget(composite, readings, now),
    tiers: composite.rules.tiers.map((_, index) =>
      combinedTier(
        composite,
        readings.map(({ weight, tiers }) => ({ weight, reading: tiers[index] as TierReading })),
      ),
    ),
  };
}

export type WeightedPart = CompositePart & { weight: number };

/**
 * Returns the components of a composite that are not archived, with their weights.
 * @throws DomainError "invalid" if they are incompatible, one is missing, or all are archived
 */
export function knownParts(composite: SloDefinition, parts: readonly CompositePart[]): WeightedPart[] {
  const all = compositeOf(composite).parts.map(({ sloId, weight }) => {
    const part = parts.find((each) => each.sloId === sloId);
    if (!part)
      throw new DomainError("invalid", "A component of this SLO no longer exists. Choose other components.", {
        field: "composite.parts",
      });
    return { ...part, weight };
  });
  const known = all.filter(({ isArchived }) => !isArchived);
  if (known.length === 0)
    throw new DomainError("invalid", "All components of this SLO are archived. Choose other components.", {
      field: "composite.parts",
    });
  const problem = compositeProblem(
    composite,
    known.map(({ definition }) => definition),
  );
  if (problem) throw new DomainError("invalid", problem, { field: "composite.parts" });
  return known;
}

/** Returns why these components cannot form one SLO; null if they can. */
export function compositeProblem(composite: SloDefinition, parts: readonly SloDefinition[]): string | null {
  const same = (of: (definition: SloDefinition) => unknown) =>
    parts.every((part) => JSON.stringify(of(part)) === JSON.stringify(of(composite)));
  if (parts.some((part) => part.composite)) return "Composite SLOs cannot be nested. Add their components instead.";
  if (!same(({ period }) => period)) return "All components must have the same window as the composite.";
  if (!same(({ budgeting }) => [budgeting.method, "sliceMinutes" in budgeting ? budgeting.sliceMinutes : 0]))
    return "All components must have the same budgeting method and slice length as the composite.";
  return null;
}

function compositeOf({ composite }: SloDefinition): Composite {
  if (!composite) throw new DomainError("invalid", "This SLO has no components.", { field: "composite" });
  return composite;
}

type Reading = { weight: number } & CombinedReading;

function combinedBudget(composite: SloDefinition, readings: readonly Reading[], now: number): BudgetReading {
  const { mode } = compositeOf(composite);
  const first = readings[0]?.budget as BudgetReading;
  const of = (value: (budget: BudgetReading) => number | null) =>
    combinedBurn(
      mode,
      readings.map(({ weight, budget }) => ({ weight, value: value(budget) })),
    );
  const consumed = of(({ remaining }) => (remaining === null ? null : 1 - remaining));
  const remaining = consumed === null ? null : withoutResidue(1 - consumed);
  const burn = of(({ burnRate }) => burnRate);
  const sum = (value: (budget: BudgetReading) => number) =>
    readings.reduce((sum, { budget }) => sum + value(budget), 0);
  const total = sum((budget) => budget.total);
  const isRolling = composite.period.kind === "rolling";
  const span = { start: first.periodStart, end: first.periodEnd ?? now };
  const periodMs = isRolling ? nominalMinutes(composite.period) * minuteMs : span.end - span.start;
  return {
    ...first,
    good: sum((budget) => budget.good),
    bad: sum((budget) => budget.bad),
    total,
    ratio: total > 0 ? sum((budget) => budget.good) / total : null,
    // Events of different parts are not draws of one kind, and what one of them may still spend is not what another may.
    interval: null,
    allowed: null,
    remaining,
    band: bandOf(remaining),
    burnRate: burn,
    exhaustedAt: exhaustionAt({ remaining, burn, isRolling, span, periodMs, now }),
  };
}

function combinedTier(
  composite: SloDefinition,
  parts: readonly { weight: number; reading: TierReading }[],
): TierReading {
  const { mode } = compositeOf(composite);
  const { gate } = composite.rules;
  const first = parts[0]?.reading as TierReading;
  const of = (value: (reading: TierReading) => number | null) =>
    combinedBurn(
      mode,
      parts.map(({ weight, reading }) => ({ weight, value: value(reading) })),
    );
  const [long, short] = [of(({ long }) => long), of(({ short }) => short)];
  const factor = Math.min(...parts.map(({ reading }) => reading.factor));
  // Where no probability was computed, the component fails beyond doubt.
  const chances = parts.map(({ reading }) => (reading.total === 0 ? 1 : (reading.chance ?? 0)));
  const chance = gate === null ? null : Math.min(1, parts.length * Math.min(...chances));
  const passesGate = gate === null || (chance ?? 1) < gate;
  const isAbove = (burn: number | null) => burn !== null && burn > factor;
  return {
    tier: first.tier,
    factor,
    isCapped: factor < first.tier.factor,
    long,
    short,
    bad: parts.reduce((sum, { reading }) => sum + reading.bad, 0),
    total: parts.reduce((sum, { reading }) => sum + reading.total, 0),
    chance,
    passesGate,
    isFiring: isAbove(long) && (first.tier.shortMinutes === null || isAbove(short)) && passesGate,
  };
}
