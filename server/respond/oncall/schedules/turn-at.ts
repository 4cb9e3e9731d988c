import { dayMs } from "#server/base/durations.ts";
import type { Override, Shift } from "./contract.ts";
import { type Rotation, shiftsOf } from "./shifts-of.ts";

/** Returns the search horizons in days, nearest first, since a turn is usually a week; the longest turn is a year, or two days of hours. */
function horizonsOf({ layers }: Rotation): number[] {
  return layers.some(({ every }) => every.unit === "hour") ? [21, 120] : [21, 120, 800];
}

export interface Turn {
  userId: string;
  from: Date;
  /** Null where no one else follows within the search horizon. */
  to: Date | null;
}

/** Joins adjacent shifts of the same person into one turn. */
function joined(shifts: readonly Shift[]): Shift[] {
  const result: Shift[] = [];
  for (const shift of shifts) {
    const last = result.at(-1);
    if (last && last.userId === shift.userId && last.to.getTime() === shift.from.getTime()) last.to = shift.to;
    else result.push({ ...shift });
  }
  return result;
}

/**
 * Returns the turn at a moment, and the next one: of the first other person, with or without a gap between.
 * @returns null for each where there is no one.
 */
export function turnAt(
  rotation: Rotation,
  overrides: readonly Pick<Override, "id" | "userId" | "from" | "to">[],
  at: Date,
): { current: Turn | null; next: Turn | null } {
  let found: { current: Turn | null; next: Turn | null } = { current: null, next: null };
  for (const days of horizonsOf(rotation)) {
    const end = new Date(at.getTime() + days * dayMs);
    const turns = joined(shiftsOf(rotation, overrides, { from: at, to: end }));
    const isOpen = (shift: Shift) => shift.to.getTime() === end.getTime();
    const turn = (shift: Shift): Turn => ({ ...shift, to: isOpen(shift) ? null : shift.to });
    const [first] = turns;
    const current = first && first.from.getTime() === at.getTime() ? first : undefined;
    const next = turns.find((shift) => shift.userId !== current?.userId);
    found = { current: current ? turn(current) : null, next: next ? turn(next) : null };
    if (found.next && found.current?.to !== null && found.next.to !== null) return found;
  }
  return found;
}

/**
 * Returns the shift that contains a moment, from its start to its end in the schedule; null in a gap.
 * A turn without an end counts as one week.
 */
export function shiftAround(
  rotation: Rotation,
  overrides: readonly Pick<Override, "id" | "userId" | "from" | "to">[],
  at: Date,
): Shift | null {
  for (const days of horizonsOf(rotation)) {
    const span = { from: new Date(at.getTime() - days * dayMs), to: new Date(at.getTime() + days * dayMs) };
    const shift = shiftsOf(rotation, overrides, span).find((each) => each.from <= at && each.to > at);
    if (!shift) return null;
    if (shift.from > span.from && shift.to < span.to) return shift;
  }
  return null;
}
