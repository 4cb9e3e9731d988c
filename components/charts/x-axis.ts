import { formatCount, formatNumber } from "#components/ui/format.ts";
import { formatAbsolute, formatDuration } from "#components/ui/format-time.ts";
import type { Range } from "./prepare.ts";
import { ticksWithin, timeTickLabel, timeTicks } from "./ticks.ts";

/** Kind of x axis: times, counts such as steps and epochs, or milliseconds since a start. */
export type XKind = "time" | "step" | "relative";

export interface XAxisPlan {
  ticks: number[];
  label: (at: number) => string;
  /** Words at the cursor and in the table: absolute time, "step 1,204", or "12 min 4 s after the start". */
  name: (at: number) => string;
}

/** Moment with its own label: "today, 13". */
export interface NamedMoment {
  at: number;
  label: string;
}

/**
 * Plans as many ticks and labels of the bottom axis as fit the width; a named moment replaces ticks that its label would touch. Uses the
 * user's time zone: only for the browser.
 */
export function planXAxis(
  kind: XKind,
  range: Range,
  width: number,
  noun = "step",
  named?: NamedMoment | undefined,
): XAxisPlan {
  const most = Math.max(3, Math.min(7, Math.floor(width / 68)));
  const words = (at: number) => (Number.isInteger(at) ? formatCount(at) : formatNumber(at));
  if (kind === "step") {
    return { ticks: ticksWithin(range, most), label: words, name: (at) => `${noun} ${words(at)}` };
  }
  if (kind === "relative") {
    return { ticks: timeTicks(range, most), label: sinceStart, name: (at) => `${sinceStart(at)} after start` };
  }
  const ticks = timeTicks(range, most, -new Date(range.from).getTimezoneOffset() * 60_000);
  const name = (at: number) => formatAbsolute(at);
  if (!named || named.at < range.from || named.at > range.to)
    return { ticks, label: (at) => timeTickLabel(at, ticks), name };
  const nearMs = ((range.to - range.from) / Math.max(1, width)) * nameWidth;
  const others = ticks.filter((at) => Math.abs(at - named.at) > nearMs);
  const all = [...others, named.at].toSorted((one, other) => one - other);
  return { ticks: all, label: (at) => (at === named.at ? named.label : timeTickLabel(at, ticks)), name };
}

/** Px that a name and a date beside it need between their middles. */
const nameWidth = 58;

function sinceStart(at: number): string {
  if (at === 0) return "0";
  return at < 0 ? `−${formatDuration(-at)}` : formatDuration(at);
}
