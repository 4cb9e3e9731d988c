import { formatCount, formatNumber } from "#components/ui/format.ts";
import { formatAbsolute, formatDuration } from "#components/ui/format-time.ts";
import type { Range } from "./prepare.ts";
import { ticksWithin, timeTickLabel, timeTicks } from "./ticks.ts";

/** What lies along the bottom: moments, counts such as steps and epochs, or milliseconds since a start. */
export type XKind = "time" | "step" | "relative";

export interface XAxisPlan {
  ticks: number[];
  label: (at: number) => string;
  /** Words at the cursor and in the table: absolute time, "step 1,204", or "12 min 4 s after the start". */
  name: (at: number) => string;
}

/** Ticks and words of the bottom axis, as many as fit the width. In the reader's zone: only for the browser. */
export function planXAxis(kind: XKind, range: Range, width: number, noun = "step"): XAxisPlan {
  const most = Math.max(3, Math.min(7, Math.floor(width / 68)));
  const words = (at: number) => (Number.isInteger(at) ? formatCount(at) : formatNumber(at));
  if (kind === "step") {
    return { ticks: ticksWithin(range, most), label: words, name: (at) => `${noun} ${words(at)}` };
  }
  if (kind === "relative") {
    return { ticks: timeTicks(range, most), label: sinceStart, name: (at) => `${sinceStart(at)} after the start` };
  }
  const ticks = timeTicks(range, most, -new Date(range.from).getTimezoneOffset() * 60_000);
  return { ticks, label: (at) => timeTickLabel(at, ticks), name: (at) => formatAbsolute(at) };
}

function sinceStart(at: number): string {
  if (at === 0) return "0";
  return at < 0 ? `−${formatDuration(-at)}` : formatDuration(at);
}
