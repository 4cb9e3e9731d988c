import { DomainError } from "#server/base/errors.ts";
import { seededRandom } from "#server/stats/random.ts";
import type { Parameters } from "../contract.ts";
import { type Dimension, maxTrials, type SweepSpace, type SweepSpec } from "./contract.ts";

/**
 * Lists every combination of a grid, the last parameter first, so that trial 17 is always the same.
 * @throws DomainError "invalid" for ranges, and for more than 1,000 combinations
 */
export function gridOf(space: SweepSpace): Parameters[] {
  const names = Object.keys(space);
  const ranged = names.find((name) => space[name]?.kind !== "values");
  if (ranged !== undefined) {
    throw new DomainError("invalid", `A grid needs a list of values for "${ranged}".`, { field: "space" });
  }
  const values = names.map((name) => (space[name] as Extract<Dimension, { kind: "values" }>).values);
  const count = values.reduce((product, list) => product * list.length, 1);
  if (count > maxTrials) {
    const message = `This grid has ${count.toLocaleString("en")} combinations; at most ${maxTrials.toLocaleString("en")} are possible.`;
    throw new DomainError("invalid", message, { field: "space" });
  }
  return Array.from({ length: count }, (_, trial) => {
    let rest = trial;
    const chosen = values.map(() => 0);
    for (let at = values.length - 1; at >= 0; at -= 1) {
      const size = values[at]?.length ?? 1;
      chosen[at] = rest % size;
      rest = Math.floor(rest / size);
    }
    return Object.fromEntries(names.map((name, at) => [name, values[at]?.[chosen[at] ?? 0] ?? ""]));
  });
}

/** Draws parameters at random. Each trial has a sequence of its own, so that it is the same however many there are. */
export function randomSet(space: SweepSpace, { seed, trial }: { seed: number; trial: number }): Parameters {
  const random = seededRandom(seed * 1_000_003 + trial);
  // In the order of names, or a sweep whose parameters were written in another order would be another one.
  const names = Object.keys(space).sort();
  return Object.fromEntries(names.map((name) => [name, drawn(space[name] as Dimension, random())]));
}

function drawn(dimension: Dimension, share: number): string | number | boolean {
  if (dimension.kind === "values") return dimension.values[Math.floor(share * dimension.values.length)] ?? "";
  const isInteger = dimension.kind === "integer";
  // Each integer has the same room.
  const [min, max] = isInteger ? [dimension.min - 0.5, dimension.max + 0.5] : [dimension.min, dimension.max];
  const from = dimension.log && isInteger ? Math.max(min, 0.5) : min;
  const value = dimension.log ? from * (max / from) ** share : from + (max - from) * share;
  if (!isInteger) return Math.min(dimension.max, Math.max(dimension.min, value));
  return Math.min(dimension.max, Math.max(dimension.min, Math.round(value)));
}

/** Returns how many trials a sweep has. @throws DomainError "invalid" for a grid that cannot be */
export const trialsOf = (spec: SweepSpec): number => (spec.kind === "grid" ? gridOf(spec.space).length : spec.trials);

/** Returns the parameters of a trial, from 0: always the same. */
export function parametersOf({ kind, space, seed }: SweepSpec, trial: number): Parameters {
  return kind === "grid" ? (gridOf(space)[trial] ?? {}) : randomSet(space, { seed, trial });
}
