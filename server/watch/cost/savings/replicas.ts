import { peaksFirst } from "./against-objectives.ts";
import type { Saving } from "./contract.ts";

/** Combined activity of all machines in one hour of one day. */
export interface FleetHour {
  /** Hour of the day, in the time zone of the workspace. */
  hour: number;
  machines: number;
  cores: number;
  busyCores: number;
}

const maxUtilisation = 0.6;
/** Days of each hour that must have been seen. */
const minDays = 7;

/**
 * Finds a range of hours in which fewer machines would have sufficed on every observed day: for each hour of the day the maximum
 * number of busy cores, with headroom, compared with the running machines.
 * @param known total cost of all machines in the range, the workspace's part, the number of days, and the time zone
 */
export function fewerAtNight(
  hours: readonly FleetHour[],
  { spent, days, timeZone }: { spent: number; days: number; timeZone: string },
): Saving | undefined {
  const byHour = Array.from({ length: 24 }, (_, hour) => hours.filter((one) => one.hour === hour));
  if (byHour.some((seen) => seen.length < minDays)) return undefined;
  const plan = byHour.map((seen) => {
    const up = Math.round(median(seen.map(({ machines }) => machines)));
    const perMachine = Math.min(...seen.map(({ cores, machines }) => cores / Math.max(1, machines)));
    const busiest = Math.max(...seen.map(({ busyCores }) => busyCores));
    return { up, needed: Math.min(up, Math.max(1, Math.ceil(busiest / (perMachine * maxUtilisation)))) };
  });
  const most = Math.max(...plan.map(({ up }) => up));
  const stretch = longest(plan.map(({ up, needed }) => needed < up));
  if (!stretch || most < 2) return undefined;
  const inside = plan.filter((_, hour) => isWithin(hour, stretch));
  const needed = Math.max(...inside.map((one) => one.needed));
  const total = plan.reduce((sum, { up }) => sum + up, 0);
  const share = inside.reduce((sum, { up }) => sum + Math.max(0, up - needed), 0) / total;
  const [from, to] = [stretch.from, (stretch.from + stretch.length) % 24].map(
    (hour) => `${String(hour).padStart(2, "0")}:00`,
  );
  const when = stretch.length === 24 ? "at all times" : `between ${from} and ${to} ${timeZone}`;
  return {
    kind: "replicas",
    subject: "All machines",
    share,
    perMonth: days > 0 ? (spent / days) * 30 * share : 0,
    words: `${needed} ${needed === 1 ? "machine" : "machines"} instead of ${most} ${when}`,
    basis: `In those hours over ${Math.round(days)} days, peak load fits on ${needed} with headroom; peaks within an hour are not included.`,
    href: "/costs?by=machine",
    objectives: peaksFirst,
  };
}

/** Finds the longest run of true around the clock. */
function longest(flags: readonly boolean[]): { from: number; length: number } | undefined {
  let best: { from: number; length: number } | undefined;
  for (let from = 0; from < 24; from += 1) {
    let length = 0;
    while (length < 24 && flags[(from + length) % 24]) length += 1;
    if (length > (best?.length ?? 0)) best = { from, length };
  }
  return best;
}

function isWithin(hour: number, { from, length }: { from: number; length: number }): boolean {
  return (hour - from + 24) % 24 < length;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
