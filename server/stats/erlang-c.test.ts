import { expect, test } from "vitest";
import { arrivalsFor, erlangC, serversFor, waitQuantile } from "./erlang-c.ts";

// One server: the load itself. Two servers, one erlang: 1/3. Three, two: 4/9. Ten, eight: as in printed tables of Erlang C.
test.each([
  [1, 0.5, 0.5],
  [2, 1, 1 / 3],
  [3, 2, 4 / 9],
  [10, 8, 0.4092],
])("computes for %i servers with %d erlangs that %d of arrivals wait", (servers, erlangs, share) => {
  expect(erlangC(servers, erlangs)).toBeCloseTo(share, 4);
});

test("returns an infinite wait for overloaded servers", () => {
  expect(erlangC(2, 2)).toBe(1);
  expect(waitQuantile({ servers: 2, arrivalsPerSecond: 20, serviceSeconds: 0.1 }, 0.99)).toBe(Number.POSITIVE_INFINITY);
});

test("returns the exponential wait of a single server: ln(ρ / 0.01) / (μ - λ)", () => {
  const queue = { servers: 1, arrivalsPerSecond: 0.5, serviceSeconds: 1 };
  expect(waitQuantile(queue, 0.99)).toBeCloseTo(Math.log(50) / 0.5, 10);
  expect(waitQuantile(queue, 0.5)).toBeCloseTo(0, 10);
});

test("finds the minimum number of servers that meets the wait", () => {
  const load = { arrivalsPerSecond: 100, serviceSeconds: 0.1 };
  const servers = serversFor(load, 0.99, 0.05);
  expect(waitQuantile({ ...load, servers }, 0.99)).toBeLessThanOrEqual(0.05);
  expect(waitQuantile({ ...load, servers: servers - 1 }, 0.99)).toBeGreaterThan(0.05);
});

// Halfin & Whitt 1981: with c = a + β√a, the waiting share tends to 1 / (1 + β Φ(β) / φ(β)), 0.2234 at β = 1.
test("follows the square-root staffing rule in large systems", () => {
  expect(erlangC(10_000 + 100, 10_000)).toBeCloseTo(0.2234, 2);
});

test("computes the arrivals that a number of servers can handle", () => {
  const most = arrivalsFor({ servers: 4, serviceSeconds: 0.01 }, 0.99, 0.02);
  expect(serversFor({ arrivalsPerSecond: most, serviceSeconds: 0.01 }, 0.99, 0.02)).toBe(4);
  expect(serversFor({ arrivalsPerSecond: most * 1.01, serviceSeconds: 0.01 }, 0.99, 0.02)).toBe(5);
  expect(arrivalsFor({ servers: 1, serviceSeconds: 1 }, 0.99, 0)).toBeCloseTo(0.01, 2);
});
