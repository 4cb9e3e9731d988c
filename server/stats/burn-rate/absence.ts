import { median } from "../robust.ts";
import { countBetween, type MinuteSums } from "./minute-sums.ts";

const day = 1440;
const week = 7 * day;
/** Days of history that count. */
const maxDays = 28;
/** Probability of no events by chance below which their absence counts: about one false episode a year at 60 an hour, never at more. */
const maxChance = 1e-6;
/** Number of independent arrivals whose absence is that improbable: e⁻¹³·⁸. */
const minArrivals = -Math.log(maxChance);
/** Windows in which absence is evaluated, each about a fifth longer than the one before. Below 10 minutes, a pause of a client pages. */
const windows = [
  10,
  12,
  15,
  18,
  22,
  27,
  33,
  40,
  50,
  60,
  75,
  90,
  110,
  135,
  165,
  200,
  240,
  300,
  360,
  440,
  540,
  660,
  800,
  1000,
  1200,
  day,
];
/** Windows by which the hours of a week are looked through: what a short one decides, a longer one nearly always does too. */
const coarseWindows = [60, 240, day];
/** Longer windows are too few to measure how much counts vary. */
const maxVarianceWindow = 240;
/** Shorter windows are compared once in so many minutes: 48 a day are enough. */
const minVarianceStep = 30;
/** Minutes of the day on both sides that vary as now does: clustered nights do not hide in steady days. */
const nearMinutes = 180;

/** Why no window up to a day can tell absence from chance. */
interface UntestableAbsence {
  /** Too short a history, too few events, or events that come too irregularly. */
  reason: "new" | "thin" | "irregular";
  /** Hours without events that would be needed; null if that is unknown. */
  hours: number | null;
}

/** Whether events are absent, and from how many minutes that follows. */
export interface Absence {
  isAbsent: boolean;
  /** Shortest window that can decide at this time; the configured or shortest one if none can. */
  minutes: number;
  /** Usual number of events in that window; null if no window can decide now. */
  usual: number | null;
  /** Null if some hour of the week can be decided. */
  untestable: UntestableAbsence | null;
}

export interface AbsenceOptions {
  /** Minute 0 in minutes since 1970, for weekends. */
  startMinute: number;
  /** Shortest window to evaluate; null for 10 minutes. */
  minMinutes: number | null;
  /** Excluded minutes, marked with 1: a window that contains one is not evaluated. */
  left?: Uint8Array | undefined;
}

/**
 * Decides whether events are absent in the minutes before `at`. The window is the shortest for which the record of the last 28 days makes
 * an empty one improbable by chance, P < 10⁻⁶. With S events in the n same windows of the same weekday, and of weekdays like it, that is
 * (1 + 1/n)^(−S/φ), the probability of no events predicted from n Poisson counts, which is e^(−usual/φ) for many. φ is variance by mean of
 * such windows, so that events in batches count as one (docs/spec/slo.md section 4.4).
 */
export function absence(traffic: MinuteSums, at: number, options: AbsenceOptions): Absence {
  const history = historyOf(traffic, at, options);
  const found = decidingWindow(history, at);
  if (!found) {
    const minutes = options.minMinutes ?? (windows[0] as number);
    return { isAbsent: false, minutes, usual: null, untestable: untestableOf(history) };
  }
  const { minutes, usual } = found;
  const isEmpty =
    at <= traffic.length && isComplete(history, at, minutes) && countBetween(traffic, at - minutes, at).total === 0;
  return { isAbsent: isEmpty, minutes, usual, untestable: null };
}

interface History extends AbsenceOptions {
  traffic: MinuteSums;
  /** Minute before which nothing is known, rather than nothing has happened. */
  first: number;
  /** First minute of the present silence: empty days of an outage do not become the usual ones while it lasts. */
  silentFrom: number;
  /** Share of the usual events that came before the silence, at most 1. */
  share: number;
  at: number;
}

function historyOf(traffic: MinuteSums, at: number, options: AbsenceOptions): History {
  const { total, length } = traffic;
  const end = Math.min(length, Math.max(0, at));
  const first = Math.max(firstWith(traffic, 0), at - (maxDays + 1) * day);
  const before = firstWith(traffic, (total[end] as number) - smallest);
  const silentFrom = Math.min(end, before + 1);
  const history = { ...options, traffic, first, silentFrom, share: 1, at };
  return { ...history, share: recentShare(history) };
}

/** Minutes before a silence that show whether traffic is still the usual. */
const recentWindows = [360, day];

/**
 * Returns the share of the usual events that came in the hours and in the day before the silence, with two standard errors in favour of the
 * usual: traffic that has fallen to a tenth pauses for longer, weeks before its record says so.
 */
function recentShare(history: History): number {
  const { traffic, silentFrom } = history;
  const shares = recentWindows.map((minutes) => {
    const usual = usualArrivals(history, silentFrom, minutes)?.mean ?? 0;
    const { total } = countBetween(traffic, silentFrom - minutes, silentFrom);
    return usual > 0 && isComplete(history, silentFrom, minutes) ? (total + 2 * Math.sqrt(total + 1)) / usual : 1;
  });
  return Math.min(1, ...shares);
}

interface DecidingWindow {
  minutes: number;
  usual: number;
}

/** Finds the shortest window that decides at a time of the week, by the history before; undefined if none does. */
function decidingWindow(history: History, at: number, choice = windows): DecidingWindow | undefined {
  const { minMinutes } = history;
  // A shorter window has no more events than the longest.
  const most = usualArrivals(history, at, Math.max(day, minMinutes ?? 0));
  if (most && most.arrivals < minArrivals) return undefined;
  const tried = minMinutes === null ? choice : [minMinutes, ...choice.filter((minutes) => minutes > minMinutes)];
  for (const minutes of tried) {
    const usual = usualArrivals(history, at, minutes);
    // Counts vary at least like Poisson's, so that the variance is measured only if it matters.
    const arrivals = (usual?.arrivals ?? 0) * history.share;
    if (!usual || arrivals < minArrivals) continue;
    const { ratio, needed } = dispersion(history, at, minutes);
    if (arrivals / ratio >= needed) return { minutes, usual: usual.mean };
  }
  return undefined;
}

/**
 * Counts what the same windows of the days before let expect: the mean, and −ln of the probability of no events if each came alone.
 * Nothing where an empty window is usual; undefined if too little is known.
 */
function usualArrivals(history: History, at: number, minutes: number): { mean: number; arrivals: number } | undefined {
  const { traffic, first, startMinute } = history;
  const counts: { days: number; total: number }[] = [];
  for (let days = 1; days <= maxDays; days += 1) {
    const to = at - days * day;
    if (to > history.silentFrom || to - minutes < first || !isComplete(history, to, minutes)) continue;
    counts.push({ days, total: countBetween(traffic, to - minutes, to).total });
  }
  if (counts.length === 0) return undefined;
  const byWeekday = Map.groupBy(counts, ({ days }) => days % 7);
  const own = byWeekday.get(0);
  if (own && isOftenEmpty(own, own.length >= 3 ? 1 : 0)) return none;
  const typical = own ? meanOf(own) : undefined;
  // Until the weekday is known, weekends say nothing about other days, nor the other way round.
  const isSameKind = ({ days }: { days: number }) =>
    isWeekend(startMinute + at - days * day) === isWeekend(startMinute + at);
  const alike = typical
    ? [...byWeekday.values()].filter((same) => isAlike(meanOf(same), typical)).flat()
    : counts.filter(isSameKind);
  if (alike.length === 0) return undefined;
  if (isOftenEmpty(alike, Math.floor(alike.length / 10))) return none;
  const arrivals = Math.min(arrivalsOf(alike), own ? arrivalsOf(own) : Number.POSITIVE_INFINITY);
  return { mean: Math.min(meanOf(alike), typical ?? Number.POSITIVE_INFINITY), arrivals };
}

const none = { mean: 0, arrivals: 0 };

type Counted = readonly { total: number }[];

function isOftenEmpty(counts: Counted, allowed: number): boolean {
  return counts.filter(({ total }) => total === 0).length > allowed;
}

/** −ln of the probability of none in the next window, after S in n windows: n ln(1 + 1/n) times their mean. */
function arrivalsOf(counts: Counted): number {
  return counts.reduce((sum, { total }) => sum + total, 0) * Math.log1p(1 / counts.length);
}

function isAlike(mean: number, typical: number): boolean {
  return mean >= typical / 2 && mean <= typical * 2;
}

interface Dispersion {
  /** Variance by mean of windows, at least 1: the number of events that come at once. */
  ratio: number;
  /** Number of arrivals whose absence is improbable enough, with the error of the ratio. */
  needed: number;
}

/**
 * Measures by how much windows differ from those a week (in the first two weeks a day) later: Σ (a − b)²/(a + b), whose mean is variance by
 * mean, in each day; the median of days over the median of χ² ignores days with an outage. The larger of all hours and those near `at`
 * counts. With m degrees of freedom its error raises the expected probability, E e^(−x/φ̂) ≈ e^(−x + x²/m): x is what makes that 10⁻⁶.
 */
function dispersion(history: History, at: number, minutes: number): Dispersion {
  const width = Math.min(minutes, maxVarianceWindow);
  const step = Math.max(width, minVarianceStep);
  const lag = at - history.first >= 2 * week ? week : day;
  const all = new DailyRatios();
  const near = new DailyRatios();
  for (let days = 1; days * day + lag <= maxDays * day; days += 1) {
    all.startDay();
    near.startDay();
    for (let back = 0; back + width <= day; back += step) {
      const to = at - days * day - back;
      const before = to - lag;
      if (before - width < history.first) break;
      if (to > history.silentFrom) continue;
      if (!isComplete(history, to, width) || !isComplete(history, before, width)) continue;
      const [a, b] = [to, before].map((end) => countBetween(history.traffic, end - width, end).total) as [
        number,
        number,
      ];
      if (a + b === 0) continue;
      const distance = (a - b) ** 2 / (a + b);
      all.add(distance);
      if (width <= nearMinutes / 3 && (back <= nearMinutes || back >= day - nearMinutes)) near.add(distance);
    }
  }
  const freedom = medianEfficiency * all.freedom;
  const room = 1 - (4 * minArrivals) / freedom;
  const needed = room > 0 ? (freedom / 2) * (1 - Math.sqrt(room)) : Number.POSITIVE_INFINITY;
  return { ratio: Math.max(1, all.ratio(), near.ratio()), needed };
}

/** A median of normal values knows as much as the mean of 2/π as many. */
const medianEfficiency = 2 / Math.PI;

/** Sums of χ² by day. */
class DailyRatios {
  freedom = 0;
  private readonly days: { sum: number; count: number }[] = [];

  startDay() {
    this.days.push({ sum: 0, count: 0 });
  }

  add(distance: number) {
    const today = this.days.at(-1) as { sum: number; count: number };
    today.sum += distance;
    today.count += 1;
    this.freedom += 1;
  }

  /** Median of the days' χ² by the median of χ², by Wilson and Hilferty m(1 − 2/(9m))³; 1 without days. */
  ratio(): number {
    const ratios = this.days
      .filter(({ count }) => count > 0)
      .map(({ sum, count }) => sum / (count * (1 - 2 / (9 * count)) ** 3));
    return ratios.length === 0 ? 1 : median(ratios);
  }
}

/** Returns why no time of the last week could have been decided; null if one could. */
function untestableOf(history: History): UntestableAbsence | null {
  const { traffic, first, at } = history;
  const known = at - first;
  if (known < 3 * day) return { reason: "new", hours: null };
  const perMinute = countBetween(traffic, first, at).total / known;
  if (perMinute === 0) return { reason: "thin", hours: null };
  const { ratio, needed } = dispersion(history, at, 60);
  const hours = (Math.min(needed, 2 * minArrivals) * ratio) / perMinute / 60;
  if (hours > 24) return { reason: "thin", hours };
  for (let back = 60; back < Math.min(week, known - day); back += 60)
    if (decidingWindow(history, at - back, coarseWindows)) return null;
  return known < week ? { reason: "new", hours: null } : { reason: "irregular", hours: null };
}

function isComplete({ left }: History, to: number, minutes: number): boolean {
  return !left?.subarray(Math.max(0, to - minutes), Math.max(0, to)).includes(1);
}

/** Whether a minute since 1970 is on a Saturday or Sunday, UTC; 1 January 1970 was a Thursday. */
function isWeekend(minute: number): boolean {
  const weekday = Math.floor(minute / day) % 7;
  return weekday === 2 || weekday === 3;
}

/** Less than an event, and more than the residue of a sum of fractions. */
const smallest = 1e-6;

/** Finds the first minute after which more events are known than `count`; `length` if none is. */
function firstWith({ total, length }: MinuteSums, count: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((total[middle + 1] as number) > count) high = middle;
    else low = middle + 1;
  }
  return low;
}

function meanOf(counts: Counted): number {
  return counts.reduce((sum, { total }) => sum + total, 0) / counts.length;
}
