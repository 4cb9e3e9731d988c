import type { Materialisation } from "./contract.ts";

interface Counts {
  state: Materialisation["state"];
  rowsTotal: number | null;
  rowsRead: number;
  startedAt: Date | null;
  endedAt: Date | null;
}

/** Returns the mean speed since the start, in rows per second, and from it the seconds that the remaining rows need. */
export function progressOf(
  { state, rowsTotal, rowsRead, startedAt, endedAt }: Counts,
  now: Date,
): Pick<Materialisation, "rowsPerSecond" | "secondsLeft"> {
  const seconds = startedAt ? ((endedAt ?? now).getTime() - startedAt.getTime()) / 1000 : 0;
  if (seconds <= 0 || rowsRead === 0) return { rowsPerSecond: null, secondsLeft: null };
  const rowsPerSecond = rowsRead / seconds;
  if (state !== "running" || rowsTotal === null) return { rowsPerSecond, secondsLeft: null };
  return { rowsPerSecond, secondsLeft: Math.max(0, rowsTotal - rowsRead) / rowsPerSecond };
}
