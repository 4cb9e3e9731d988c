import { type Random, seededRandom } from "../random.ts";
import { poissonFrom } from "../random-counts.ts";
import { absence } from "./absence.ts";
import { minuteSums } from "./minute-sums.ts";

const day = 1440;
const monthMinutes = 30 * day;

/** Traffic of an endpoint, by minute, for simulations of absence (docs/spec/slo.md section 4.4). */
export interface SimulatedTraffic {
  /** Expected arrivals per hour at a minute since the start, which is a Monday, 0:00. */
  perHour: (minute: number) => number;
  /** Events that come with each arrival. */
  batch?: number;
  /** Days of history before the first evaluation. */
  days: number;
  /** Arrivals expected in a gap below which it is taken for granted that no window decides; 7 by default. */
  fewArrivals?: number;
  seed: number;
}

/** Simulates how often healthy traffic counts as absent in 30 days. */
export function simulateFalseAbsence(traffic: SimulatedTraffic & { months: number }): number {
  const random = seededRandom(traffic.seed);
  let episodes = 0;
  for (let month = 0; month < traffic.months; month += 1) {
    const from = traffic.days * day;
    const total = drawMinutes(traffic, from + monthMinutes, random);
    const sums = minuteSums({ good: total, total });
    let gap = 0;
    let isOpen = false;
    for (let at = 1; at <= total.length; at += 1) {
      const isEmpty = total[at - 1] === 0;
      gap = isEmpty ? gap + 1 : 0;
      if (at < from || !isEmpty || !isLong(traffic, at, gap)) {
        isOpen &&= isEmpty;
        continue;
      }
      const { isAbsent } = absence(sums, at, { startMinute, minMinutes: null });
      if (isAbsent && !isOpen) episodes += 1;
      isOpen ||= isAbsent;
    }
  }
  return episodes / traffic.months;
}

/** Simulates silences from moments spread over the days. @returns the minutes until each counts as absent; null after a day */
export function simulateSilence(traffic: SimulatedTraffic & { silences: number }): (number | null)[] {
  const random = seededRandom(traffic.seed);
  return Array.from({ length: traffic.silences }, (_, index) => {
    const from = traffic.days * day + Math.floor((index * day) / traffic.silences);
    const total = drawMinutes(traffic, from + day, random).fill(0, from);
    const sums = minuteSums({ good: total, total });
    for (let gap = 1; gap <= day; gap += 1) {
      if (!isLong(traffic, from + gap, gap)) continue;
      if (absence(sums, from + gap, { startMinute, minMinutes: null }).isAbsent) return gap;
    }
    return null;
  });
}

/** 5 January 1970, a Monday. */
const startMinute = 4 * day;

/** Whether a gap may be long enough to count. Saves nearly all evaluations. */
function isLong({ perHour, fewArrivals = 7 }: SimulatedTraffic, at: number, gap: number): boolean {
  let expected = 0;
  for (let back = 0; back < gap; back += 10) expected += (Math.min(10, gap - back) * perHour(at - back)) / 60;
  return gap >= 10 && expected >= fewArrivals;
}

function drawMinutes({ perHour, batch = 1 }: SimulatedTraffic, minutes: number, random: Random): Float64Array {
  return Float64Array.from({ length: minutes }, (_, minute) => batch * poissonFrom(perHour(minute) / 60, random));
}
