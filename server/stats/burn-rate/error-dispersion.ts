import { median } from "../robust.ts";
import { countBetween, type MinuteSums } from "./minute-sums.ts";

const hour = 60;
const day = 1440;
const maxDays = 28;
/** With fewer hours with bad events, clusters are not told apart from chance. */
const minHours = 3;
/** Days of budget that a day must spend to be an incident instead of the ordinary record, as the ticket tier that burns at 3 for a day. */
const incidentBurn = 3;
/** And times the typical bad day: where every cluster spends days of budget, clusters are ordinary. */
const incidentTimes = 5;
/** Limits how much a record can delay a page, whatever it contains. */
const maxDispersion = 10;
/** Standard errors above 1 from which a dispersion is measured rather than chance. */
const minErrors = 3;

/**
 * Measures how clustered bad events are: variance by mean of the hourly counts, given each day's own share, Σ (x − p·n)² / Σ p·n (Rao and
 * Scott, "On simple adjustments to chi-square tests with sample survey data", Annals of Statistics 15, 1987). About 3 if failures come in
 * threes. Days that are incidents are excluded, so that a real outage does not make the next one count less.
 * @param until the record are the 28 whole days before, by index of the minute
 * @param budget 1 − T
 * @returns from 1 to 10; 1 with too few bad events, or if chance explains it
 */
export function errorDispersion(sums: MinuteSums, until: number, budget: number): number {
  const days = Array.from({ length: maxDays }, (_, back) => hoursOf(sums, until - (back + 1) * day)).filter(
    ({ total }) => total > 0,
  );
  const failing = days.filter(({ bad }) => bad > 0);
  const typical = median(failing.map(({ bad }) => bad));
  const allowed = (budget * days.reduce((sum, { total }) => sum + total, 0)) / days.length;
  const ordinary = days.filter(({ bad }) => bad <= Math.max(incidentBurn * allowed, incidentTimes * typical));
  const hours = ordinary.flatMap((each) => each.hours);
  const expected = ordinary.reduce((sum, { bad }) => sum + bad, 0);
  if (hours.filter(({ bad }) => bad > 0).length < minHours) return 1;
  const squares = ordinary.reduce(
    (sum, { hours, bad, total }) =>
      sum + hours.reduce((own, hour) => own + (hour.bad - (bad / total) * hour.total) ** 2, 0),
    0,
  );
  const dispersion = squares / expected;
  return dispersion > 1 + minErrors * Math.sqrt(2 / hours.length) ? Math.min(maxDispersion, dispersion) : 1;
}

function hoursOf(sums: MinuteSums, from: number) {
  const hours = Array.from({ length: 24 }, (_, at) =>
    countBetween(sums, from + at * hour, from + (at + 1) * hour),
  ).filter(({ total }) => total > 0);
  return { hours, ...countBetween(sums, from, from + day) };
}

/**
 * Returns the dispersion as it is used at a minute: measured once a day, from the whole days before, so that an outage in progress has no
 * part in it. A window that ends at a midnight belongs to the day before.
 * @param startMinute minute 0 in minutes since 1970; days begin at midnight, UTC
 */
export function dispersionByDay(sums: MinuteSums, budget: number, startMinute: number): (at: number) => number {
  const known = new Map<number, number>();
  return (at) => {
    const until = Math.floor((startMinute + at - 1) / day) * day - startMinute;
    let dispersion = known.get(until);
    if (dispersion === undefined) {
      dispersion = errorDispersion(sums, until, budget);
      known.set(until, dispersion);
    }
    return dispersion;
  };
}
