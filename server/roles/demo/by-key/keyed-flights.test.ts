import { expect, test } from "vitest";
import { readFlightTable } from "../recording.ts";
import {
  asColumns,
  isFeedAway,
  keyFlights,
  latestByAirport,
  scheduleFeatures,
  typicalValues,
} from "./keyed-flights.ts";

const table = await readFlightTable();
const flights = keyFlights(table, table.rows);

test("gives each recorded flight a key of its own, with its features and label", () => {
  expect(new Set(flights.map(({ flight }) => flight)).size).toBe(4_500);
  expect(flights[2]).toEqual({
    flight: "AA-0003",
    airport: "JFK",
    label: "delayed",
    schedule: ["AA", "JFK", 30, 2586, 7, 1],
    weather: [46.04, 8.06, 0, 6],
  });
});

test("takes the weather of an airport from its latest flight", () => {
  const latest = latestByAirport(flights, 2);
  expect(latest.map(({ airport, flight }) => [airport, flight])).toEqual([
    ["EWR", "UA-0001"],
    ["LGA", "UA-0002"],
    ["JFK", "AA-0003"],
  ]);
  expect(latestByAirport(flights, 200).map(({ airport }) => airport)).toHaveLength(3);
  const columns = asColumns(["flight", ...scheduleFeatures], [["AA-0003", ...(flights[2]?.schedule ?? [])]]);
  expect(columns).toMatchObject({ flight: ["AA-0003"], carrier: ["AA"], weekday: [1] });
});

test("imputes medians and the most frequent texts of the training sample", () => {
  expect(typicalValues(table.columns, table.reference)).toEqual({
    carrier: "B6",
    origin: "EWR",
    departure_delay: -2,
    distance: 888,
    hour: 13,
    weekday: 4,
    temperature: 37.04,
    wind_speed: 11.51,
    precipitation: 0,
    visibility: 10,
  });
});

test("takes the feed away for four of twelve minutes", () => {
  const minutes = Array.from({ length: 24 }, (_, minute) => isFeedAway(minute * 60));
  expect(minutes.flatMap((isAway, minute) => (isAway ? [minute] : []))).toEqual([4, 5, 6, 7, 16, 17, 18, 19]);
});
