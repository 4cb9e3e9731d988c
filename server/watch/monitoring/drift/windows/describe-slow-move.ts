import { formatSignificant, percent } from "#server/base/format-number.ts";
import type { SlowMove } from "../contract.ts";

/** Describes a slow move: "up 0.31 standard deviations since 3 November, a little each day." */
export function describeSlowMove({ since, shift, level }: SlowMove): string {
  const day = new Date(since).toLocaleDateString("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
  const rose = shift > 0;
  const size =
    level === null ? `${formatSignificant(Math.abs(shift), 2)} standard deviations` : percent(Math.abs(shift));
  const move =
    level === null ? `${rose ? "up" : "down"} ${size}` : `${level} ${rose ? "gained" : "lost"} ${size} of rows`;
  return `${move} since ${day}, a little each day.`;
}
