import { dailyLevel, evaluateDay, sumAhead } from "#server/stats/daily-level.ts";
import type { Forecast } from "../spending/contract.ts";
import type { Calendar } from "./calendar.ts";
import { shareOver } from "./calendar.ts";
import type { CostRow } from "./contract.ts";
import { type DaySums, sumDays } from "./grouped-days.ts";

/** Minimum labels for reporting the share of correct predictions. */
export const minLabels = 30;

/** Counts of labelled and correct predictions. */
export interface Correctness {
  labelled: number;
  right: number;
}

interface Given {
  key: string;
  kind: CostRow["kind"];
  name: string;
  days: ReadonlyMap<string, DaySums>;
  accuracy?: Correctness | undefined;
  budget?: number | undefined;
  /** Whether the item serves requests. */
  hasPredictions: boolean;
}

/** Builds one row of the report. @param all total spend @param now milliseconds since 1970 */
export function costRow(given: Given, calendar: Calendar, all: number, now: number): CostRow {
  const { key, kind, name, days, accuracy, budget, hasPredictions } = given;
  const { past, before, history } = calendar;
  const { spent, compute, idle, answered } = sumDays(days, past);
  const correctShare = accuracy && accuracy.labelled >= minLabels ? accuracy.right / accuracy.labelled : null;
  const perThousand = hasPredictions && answered > 0 ? (spent / answered) * 1000 : null;
  const known = knownHistory(days, history);
  return {
    key,
    kind,
    name,
    spent,
    perThousand,
    correctShare,
    share: all > 0 ? spent / all : null,
    answered: hasPredictions ? answered : null,
    labelled: accuracy?.labelled ?? null,
    perThousandCorrect: perThousand !== null && correctShare ? perThousand / correctShare : null,
    forecast: forecastOf(days, calendar, now),
    budget: budget ?? null,
    weeks: weeksOf(days, history),
    before: before.some((day) => days.has(day)) ? sumDays(days, before).spent : null,
    busy: compute + idle > 0 ? compute / (compute + idle) : null,
    unusual: unusualDay(days, known),
  };
}

/** Returns the forecast for the complete month; the sum itself once the month is over; null with too few days for a forecast. */
function forecastOf(days: ReadonlyMap<string, DaySums>, calendar: Calendar, now: number): Forecast | null {
  return forecastByDay(days, calendar, now).at(-1) ?? null;
}

/** Forecasts cumulative spend up to the end of each day from today on. Empty with too few days for a forecast. */
export function forecastByDay(
  days: ReadonlyMap<string, DaySums>,
  { past, ahead, history, timeZone }: Calendar,
  now: number,
): (Forecast & { day: string })[] {
  const spent = sumDays(days, past).spent;
  const [today] = ahead;
  if (today === undefined) {
    const last = past.at(-1);
    return last === undefined ? [] : [{ day: last, value: spent, low: spent, high: spent }];
  }
  const fit = dailyLevel(knownHistory(days, history).map((day) => days.get(day)?.spent ?? 0));
  if (!fit) return [];
  // The part of today that is over is spent already.
  const isSpent = shareOver(today, now, timeZone) * sumAhead(fit, 1).value;
  const rest = (foretold: number) => spent + Math.max(0, foretold - isSpent);
  return ahead.map((day, at) => {
    const { value, low, high } = sumAhead(fit, at + 1);
    return { day, value: rest(value), low: rest(low), high: rest(high) };
  });
}

/** Returns the days of the history since the first metered one. */
function knownHistory(days: ReadonlyMap<string, DaySums>, history: readonly string[]): string[] {
  const first = history.findIndex((day) => days.has(day));
  return first < 0 ? [] : history.slice(first);
}

function weeksOf(days: ReadonlyMap<string, DaySums>, history: readonly string[]): (number | null)[] {
  const weeks = Array.from({ length: Math.floor(history.length / 7) }, (_, at) => history.slice(at * 7, at * 7 + 7));
  return weeks.map((week) => (week.some((day) => days.has(day)) ? sumDays(days, week).spent : null));
}

/** Returns yesterday if its spend was unusual compared with the days before it. */
function unusualDay(days: ReadonlyMap<string, DaySums>, known: readonly string[]): CostRow["unusual"] {
  const day = known.at(-1);
  if (day === undefined) return null;
  const spent = days.get(day)?.spent ?? 0;
  const before = known.slice(0, -1).map((each) => days.get(each)?.spent ?? 0);
  const evaluation = evaluateDay(before, spent);
  return evaluation?.isUnusual ? { day, spent, expected: evaluation.expected } : null;
}
