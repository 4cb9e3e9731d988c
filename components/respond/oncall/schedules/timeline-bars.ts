import type { Shift, Timeline } from "#server/respond/oncall/schedules/contract.ts";

/** Position in a time range, in per cent of its width. */
export interface BarPosition {
  left: number;
  width: number;
}

interface Bar extends BarPosition {
  key: string;
  name: string;
  /** Number of the person's series colour, from 1; the name identifies the person. */
  series: number;
  shift: Shift;
}

export interface Lane {
  name: string;
  bars: Bar[];
  gaps: (BarPosition & { key: string })[];
}

const seriesCount = 6;

export function barPosition(span: { from: Date; to: Date }, part: { from: Date; to: Date }): BarPosition {
  const length = span.to.getTime() - span.from.getTime();
  const left = (Math.max(part.from.getTime(), span.from.getTime()) - span.from.getTime()) / length;
  const right = (Math.min(part.to.getTime(), span.to.getTime()) - span.from.getTime()) / length;
  return { left: left * 100, width: (right - left) * 100 };
}

/** Returns the rows of a timeline: each layer, overrides if there are any, and the final schedule. */
export function lanesOf(timeline: Timeline): Lane[] {
  const order = new Map(timeline.people.map(({ userId }, index) => [userId, index]));
  const names = new Map(timeline.people.map(({ userId, name }) => [userId, name]));
  const bars = (shifts: readonly Shift[]) =>
    shifts.map((shift) => ({
      ...barPosition(timeline, shift),
      key: `${shift.from.getTime()}-${shift.userId}`,
      name: names.get(shift.userId) ?? "someone",
      series: ((order.get(shift.userId) ?? 0) % seriesCount) + 1,
      shift,
    }));
  const overrides = timeline.final.filter(({ overrideId }) => overrideId !== null);
  return [
    ...timeline.layers.map(({ name, shifts }) => ({ name, bars: bars(shifts), gaps: [] })),
    ...(overrides.length > 0 ? [{ name: "Overrides", bars: bars(overrides), gaps: [] }] : []),
    {
      name: "On call",
      bars: bars(timeline.final),
      gaps: timeline.gaps.map((gap) => ({ ...barPosition(timeline, gap), key: String(gap.from.getTime()) })),
    },
  ];
}
