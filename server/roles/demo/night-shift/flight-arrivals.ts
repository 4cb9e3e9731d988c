import { dayMs, hourMs } from "#server/base/durations.ts";
import { type DemoTarget, send } from "../client.ts";
import { readFlightTable } from "../recording.ts";

export const arrivals = {
  source: "flights-warehouse/on-time",
  description:
    "Flights that arrived less than 15 minutes late, posted by the warehouse after each nightly load. The demo shifts real flights of December 2013 to the last four weeks.",
};
const nights = 28;
/** Title of the recorded change, by which a second run recognises it. */
const loadedTitle = "Nightly flights loaded";

/**
 * Posts how many flights of each of the last 28 nights' loads were on time, unless that was done, and reports the last load as a change.
 * They are the last 28 days of the flights that no model was trained on.
 */
export async function ensureArrivals(target: DemoTarget): Promise<void> {
  const api = `${target.url}/api/v1`;
  const { changes } = await send<{ changes: { title: string }[] }>(target, "GET", `${api}/changes`);
  if (changes.some(({ title }) => title === loadedTitle)) return;
  const now = Date.now();
  const counts = countNights(await readFlightTable(), now);
  await send(target, "POST", `${api}/sli-counts`, { source: arrivals.source, counts });
  const last = counts.at(-1);
  await send(target, "POST", `${api}/changes`, {
    endpoint: "flight-delay",
    kind: "data",
    at: last?.minute,
    title: loadedTitle,
    body: `${last?.total} flights, ${last?.good} on time.`,
  });
}

/** Counts flights on time and all flights by night, oldest first; each is reported at three in the morning UTC, the last before `now`. */
export function countNights({ columns, rows }: { columns: string[]; rows: (number | string)[][] }, now: number) {
  const column = (name: string) => columns.indexOf(name);
  const [month, day, delayed] = [column("month"), column("day"), column("delayed")];
  const byDay = Map.groupBy(rows, (row) => `${row[month]}-${row[day]}`);
  const lastLoad = Math.floor((now - 3 * hourMs) / dayMs) * dayMs + 3 * hourMs;
  return [...byDay.values()].slice(-nights).map((flights, index, { length }) => ({
    minute: new Date(lastLoad - (length - 1 - index) * dayMs),
    good: flights.filter((row) => row[delayed] === 0).length,
    total: flights.length,
  }));
}
