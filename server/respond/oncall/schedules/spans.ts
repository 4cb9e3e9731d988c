import type { Shift } from "./contract.ts";

/** From inclusive, to exclusive, in milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

/** Returns the spans in order, with touching or overlapping ones merged. */
export function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else if (to > from) result.push({ from, to });
  }
  return result;
}

/** Returns the intersection of two time ranges; null where they do not overlap. */
export function shared(one: Span, other: Span): Span | null {
  const from = Math.max(one.from, other.from);
  const to = Math.min(one.to, other.to);
  return from < to ? { from, to } : null;
}

/** Overlays shifts with others, which take precedence. In order of time. */
export function overlaid(below: readonly Shift[], above: readonly Shift[]): Shift[] {
  let rest = [...below];
  for (const top of above) {
    rest = rest.flatMap((shift) => {
      if (shift.to <= top.from || shift.from >= top.to) return [shift];
      return [
        ...(shift.from < top.from ? [{ ...shift, to: top.from }] : []),
        ...(shift.to > top.to ? [{ ...shift, from: top.to }] : []),
      ];
    });
  }
  return [...rest, ...above].sort((a, b) => a.from.getTime() - b.from.getTime());
}

/** Returns the coverage gaps of a time range. */
export function gapsOf(shifts: readonly Shift[], span: { from: Date; to: Date }): { from: Date; to: Date }[] {
  const covered = merged(shifts.map(({ from, to }) => ({ from: from.getTime(), to: to.getTime() })));
  const gaps: { from: Date; to: Date }[] = [];
  let at = span.from.getTime();
  for (const { from, to } of covered) {
    if (from > at) gaps.push({ from: new Date(at), to: new Date(Math.min(from, span.to.getTime())) });
    at = Math.max(at, to);
    if (at >= span.to.getTime()) break;
  }
  if (at < span.to.getTime()) gaps.push({ from: new Date(at), to: span.to });
  return gaps;
}
