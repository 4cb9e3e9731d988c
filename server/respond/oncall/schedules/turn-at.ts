import { dayMs } from "#server/base/durations.ts";
import type { Override, Shift } from "./contract.ts";
import { type Rotation, shiftsOf } from "./shifts-of.ts";

/** How far is looked, in days: near first, since a turn is mostly a week; the longest turn is a year, or two days of hours. */
function horizonsOf({ layers }: Rotation): number[] {
  return layers.some(({ every }) => every.unit === "hour") ? [21, 120] : [21, 120, 800];
}

export interface Turn {
  userId: string;
  from: Date;
  /** Null where nobody else follows as far as is looked. */
  to: Date | null;
}

/** Somebody's turn may come in pieces that touch. */
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
 * Whose turn it is at a moment, and who comes then: the first other person, with or without a gap between.
 * @returns null for each where there is nobody.
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
 * The shift that a moment lies in, from its beginning to its end as the schedule has it; null in a gap.
 * Of a turn without end, a week.
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
