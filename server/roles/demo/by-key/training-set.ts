import { hourMs, minuteMs } from "#server/base/durations.ts";
import { type DemoTarget, send } from "../client.ts";
import { readFlightTable } from "../recording.ts";
import { ensureDataset } from "../upload-flights.ts";
import { inputsService } from "./flight-views.ts";
import { pushSchedule, pushWeather } from "./fly-by-key.ts";
import { keyFlights } from "./keyed-flights.ts";

const name = "flights-with-weather";
const outcomes = "flight-outcomes";
const count = 600;
const spanMs = 72 * hourMs;

/**
 * Pushes a history of winter flights over the last three days, uploads how they ended, and creates a training set from both, unless
 * there is one.
 */
export async function ensureTrainingSet(target: DemoTarget): Promise<void> {
  const sets = `${target.url}/api/v1/training-sets`;
  const known = await send<{ trainingSets: { name: string }[] }>(target, "GET", sets);
  if (known.trainingSets.some((one) => one.name === name)) return;
  const table = await readFlightTable();
  const flights = keyFlights(table, table.winter.slice(0, count), "W");
  const startedAt = Date.now() - spanMs - hourMs;
  const departures = flights.map((_, place) => startedAt + Math.round((place * spanMs) / flights.length));
  const before = (minutes: number) => departures.map((at) => new Date(at - minutes * minuteMs).toISOString());
  await pushSchedule(target, flights, before(5));
  await pushWeather(target, flights, before(1));
  const lines = flights.map(({ flight, airport, label }, place) =>
    [flight, airport, before(0)[place], label].join(","),
  );
  const body = Buffer.from(`${["flight,airport,event_timestamp,label", ...lines].join("\n")}\n`);
  const note = "Winter flights, and how they ended";
  const digest = await ensureDataset(target, { name: outcomes, fileName: "flight-outcomes.csv", note, body });
  await send(target, "POST", sets, {
    name,
    note: "Flights with the weather at departure",
    rows: { dataset: outcomes, digest },
    service: inputsService,
    label: "label",
  });
}
