import { formatCount, formatNumber } from "#components/ui/format.ts";
import { formatAbsolute } from "#components/ui/format-time.ts";
import type { Range } from "./prepare.ts";
import { niceTicks, timeTickLabel, timeTicks } from "./ticks.ts";

/** What lies along the bottom: moments, or counts such as steps and epochs. */
export type XKind = "time" | "step";

export interface XAxisPlan {
  ticks: number[];
  label: (at: number) => string;
  /** Words at the cursor and in the table: absolute time, or "step 1,204". */
  name: (at: number) => string;
}

/** Ticks and words of the bottom axis, as many as fit the width. In the reader's zone: only for the browser. */
export function planXAxis(kind: XKind, range: Range, width: number, noun = "step"): XAxisPlan {
  const most = Math.max(2, Math.min(6, Math.floor(width / 90)));
  const words = (at: number) => (Number.isInteger(at) ? formatCount(at) : formatNumber(at));
  if (kind === "step") {
    const ticks = niceTicks(range.from, range.to, most).filter((tick) => tick >= range.from && tick <= range.to);
    return { ticks, label: words, name: (at) => `${noun} ${words(at)}` };
  }
  const ticks = timeTicks(range, most, -new Date(range.from).getTimezoneOffset() * 60_000);
  return { ticks, label: (at) => timeTickLabel(at, ticks), name: (at) => formatAbsolute(at) };
}
