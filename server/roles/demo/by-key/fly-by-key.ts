import { setTimeout as pause } from "node:timers/promises";
import { log } from "#server/base/log.ts";
import { type DemoTarget, send } from "../client.ts";
import { readFlightTable, type Sample } from "../recording.ts";
import { sendTraffic, type TrafficPlan } from "../traffic.ts";
import { scheduleSource, weatherSource } from "./flight-views.ts";
import {
  asColumns,
  isFeedAway,
  type KeyedFlight,
  keyFlights,
  latestByAirport,
  scheduleFeatures,
  weatherFeatures,
} from "./keyed-flights.ts";

const pushSeconds = 10;

/**
 * Sends the keys of recorded flights to an endpoint, one after the other, repeatedly. Before that it pushes the flights that come next, and
 * every ten seconds the weather at the airports, except while the feed is down by plan.
 */
export async function flyByKey(
  target: DemoTarget,
  plan: Omit<TrafficPlan, "samples">,
  signal: AbortSignal,
): Promise<void> {
  const table = await readFlightTable();
  const flights = keyFlights(table, table.rows);
  const startedAt = performance.now();
  // Enough for three rounds, should a push fail.
  const ahead = Math.ceil(plan.requestsPerSecond * pushSeconds * 3);
  let place = 0;
  let announced = 0;
  const push = async () => {
    const next = Math.min(place + ahead, announced + flights.length);
    const coming = Array.from({ length: next - announced }, (_, at) => flightAt(flights, announced + at));
    await pushSchedule(target, coming);
    announced = next;
    if (isFeedAway((performance.now() - startedAt) / 1000)) return;
    // That of the flights that come next: each airport has some among them.
    await pushWeather(target, latestByAirport(flights, (announced - 1) % flights.length));
  };
  const feed = async () => {
    while (!signal.aborted) {
      await pause(pushSeconds * 1000, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      await push().catch((error: unknown) => log.warn("demo.push-refused", { message: String(error) }));
    }
  };
  await push();
  const samples = () => asSample(flightAt(flights, place++));
  await Promise.all([feed(), sendTraffic(target, { ...plan, samples }, signal)]);
}

function flightAt(flights: readonly KeyedFlight[], place: number): KeyedFlight {
  const flight = flights[place % flights.length];
  if (!flight) throw new Error("The recording has no flights.");
  return flight;
}

function asSample({ flight, airport, label }: KeyedFlight): Sample {
  const key = (name: string, value: string) => ({ name, datatype: "BYTES" as const, shape: [1], data: [value] });
  return { label, inputs: [key("flight", flight), key("airport", airport)] };
}

/** Pushes flights as the departure board shows them. @param times of the events; now if left out */
export async function pushSchedule(
  target: DemoTarget,
  flights: readonly KeyedFlight[],
  times?: readonly string[],
): Promise<void> {
  if (flights.length === 0) return;
  const columns = asColumns(
    ["flight", ...scheduleFeatures],
    flights.map(({ flight, schedule }) => [flight, ...schedule]),
  );
  await pushRows(target, scheduleSource, columns, times ?? nows(flights));
}

/** Pushes the weather that flights had at their airports. @param times of the events; now if left out */
export async function pushWeather(
  target: DemoTarget,
  flights: readonly KeyedFlight[],
  times?: readonly string[],
): Promise<void> {
  const columns = asColumns(
    ["airport", ...weatherFeatures],
    flights.map(({ airport, weather }) => [airport, ...weather]),
  );
  await pushRows(target, weatherSource, columns, times ?? nows(flights));
}

function nows(flights: readonly KeyedFlight[]): string[] {
  const now = new Date().toISOString();
  return flights.map(() => now);
}

async function pushRows(target: DemoTarget, pushSource: string, columns: object, times: readonly string[]) {
  await send(target, "POST", `${target.url}/api/v1/features/rows`, {
    pushSource,
    columns: { ...columns, event_timestamp: times },
  });
}
