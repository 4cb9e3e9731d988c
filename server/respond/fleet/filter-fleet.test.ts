import { expect, test } from "vitest";
import type { FleetRow } from "./contract.ts";
import { readFleetFilter } from "./filter-fleet.ts";

function row(name: string, more: Partial<FleetRow>): FleetRow {
  const recent = { requestsPerSecond: 1, errorShare: 0, latencyMsP95: 40 };
  const state = { kind: "healthy", word: "Healthy", reason: null };
  return { name, state, recent, team: null, current: null, quality: null, worst: null, ...more } as FleetRow;
}

const rows = [
  row("card-fraud", {
    state: { kind: "failing", word: "Failing", reason: null },
    team: { id: "t", name: "Payments" },
    worst: { name: "answers", budget: { remaining: 0.2, burnRate: 31 } } as FleetRow["worst"],
  }),
  row("eta", { current: { modelName: "eta-minutes", version: 11 } as FleetRow["current"] }),
  row("returns", { recent: { requestsPerSecond: null, errorShare: 0.02, latencyMsP95: null } }),
];

test.each([
  ["", ["card-fraud", "eta", "returns"]],
  ["FRAUD", ["card-fraud"]],
  ["payments", ["card-fraud"]],
  ["state = failing and burn > 1", ["card-fraud"]],
  ["version = v11 and model ~ minutes", ["eta"]],
  ["errors >= 0.02", ["returns"]],
  ["p95 < 50 and budget < 0.5", ["card-fraud"]],
  ["owner != payments and rate > 0", ["eta"]],
])("selects endpoints by %j", (text, expected) => {
  const { matches } = readFleetFilter(text);
  expect(rows.filter((one) => matches?.(one)).map(({ name }) => name)).toEqual(expected);
});

test("names the mistake in a filter", () => {
  expect(readFleetFilter("size > 3").problem?.message).toContain('There is no field "size".');
});
