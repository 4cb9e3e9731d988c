import type { FlightTable } from "../recording.ts";

/** Features of a view, in the order of its definition. */
export const scheduleFeatures = ["carrier", "origin", "departure_delay", "distance", "hour", "weekday"] as const;
export const weatherFeatures = ["temperature", "wind_speed", "precipitation", "visibility"] as const;

type Value = number | string;

/** A recorded flight with the keys by which its features are looked up. */
export interface KeyedFlight {
  flight: string;
  airport: string;
  label: string;
  schedule: Value[];
  weather: Value[];
}

/** Gives flights keys. The recording has no flight numbers, so a key is the carrier and the place in the table. */
export function keyFlights(
  { columns, labels }: Pick<FlightTable, "columns" | "labels">,
  rows: readonly Value[][],
  season = "",
): KeyedFlight[] {
  const at = (name: string) => columns.indexOf(name);
  const pick = (row: readonly Value[], names: readonly string[]) => names.map((name) => row[at(name)] ?? "");
  return rows.map((row, place) => ({
    flight: `${row[at("carrier")]}-${season}${String(place + 1).padStart(4, "0")}`,
    airport: String(row[at("origin")]),
    label: labels[Number(row[at("delayed")])] ?? "",
    schedule: pick(row, scheduleFeatures),
    weather: pick(row, weatherFeatures),
  }));
}

/** Returns the latest flight from each airport up to a place in the table: it has the airport's weather. */
export function latestByAirport(flights: readonly KeyedFlight[], place: number): KeyedFlight[] {
  const latest = new Map<string, KeyedFlight>();
  for (const flight of flights.slice(0, place + 1)) latest.set(flight.airport, flight);
  return [...latest.values()];
}

/** Columns of a write, of rows with one value per name. */
export function asColumns(names: readonly string[], rows: readonly (readonly Value[])[]): Record<string, Value[]> {
  return Object.fromEntries(names.map((name, at) => [name, rows.map((row) => row[at] ?? "")]));
}

/** Returns the median of each number and the most frequent text, by name: what is imputed. */
export function typicalValues(columns: readonly string[], rows: readonly Value[][]): Record<string, Value> {
  const names = [...scheduleFeatures, ...weatherFeatures];
  return Object.fromEntries(
    names.map((name) => {
      const values = rows.map((row) => row[columns.indexOf(name)] ?? "");
      const numbers = values.filter((value) => typeof value === "number").toSorted((one, other) => one - other);
      return [name, numbers.length > 0 ? (numbers[Math.floor(numbers.length / 2)] ?? 0) : commonest(values)];
    }),
  );
}

function commonest(values: readonly Value[]): Value {
  const counts = Map.groupBy(values, (value) => value);
  const [[value] = [""]] = [...counts].toSorted(([, one], [, other]) => other.length - one.length);
  return value;
}

const cycleSeconds = 12 * 60;
const away = { fromSeconds: 4 * 60, untilSeconds: 8 * 60 };

/** Whether the weather feed is down, by plan: four minutes of every twelve, soon enough for a viewer to see it. */
export function isFeedAway(seconds: number): boolean {
  const into = seconds % cycleSeconds;
  return into >= away.fromSeconds && into < away.untilSeconds;
}
