import { expect, test } from "vitest";
import { arrivalsFor, erlangC, serversFor, waitQuantile } from "./erlang-c.ts";

// One server: the load itself. Two servers, one erlang: 1/3. Three, two: 4/9. Ten, eight: as in printed tables of Erlang C.
test.each([
  [1, 0.5, 0.5],
  [2, 1, 1 / 3],
  [3, 2, 4 / 9],
  [10, 8, 0.4092],
])("%i servers with %d erlangs make %d of arrivals wait", (servers, erlangs, share) => {
  expect(erlangC(servers, erlangs)).toBeCloseTo(share, 4);
});

test("servers that cannot keep up make everybody wait for ever", () => {
  expect(erlangC(2, 2)).toBe(1);
  expect(waitQuantile({ servers: 2, arrivalsPerSecond: 20, serviceSeconds: 0.1 }, 0.99)).toBe(Number.POSITIVE_INFINITY);
});

test("the wait of one server is exponential: ln(ρ / 0.01) / (μ - λ)", () => {
  const queue = { servers: 1, arrivalsPerSecond: 0.5, serviceSeconds: 1 };
  expect(waitQuantile(queue, 0.99)).toBeCloseTo(Math.log(50) / 0.5, 10);
  expect(waitQuantile(queue, 0.5)).toBeCloseTo(0, 10);
});

test("the fewest servers keep the wait, and one less does not", () => {
  const load = { arrivalsPerSecond: 100, serviceSeconds: 0.1 };
  const servers = serversFor(load, 0.99, 0.05);
  expect(waitQuantile({ ...load, servers }, 0.99)).toBeLessThanOrEqual(0.05);
  expect(waitQuantile({ ...load, servers: servers - 1 }, 0.99)).toBeGreaterThan(0.05);
});

// Halfin & Whitt 1981: with c = a + β√a, the waiting share tends to 1 / (1 + β Φ(β) / φ(β)), 0.2234 at β = 1.
test("large systems follow the rule of the square root", () => {
  expect(erlangC(10_000 + 100, 10_000)).toBeCloseTo(0.2234, 2);
});

test("what the servers can take is what they are enough for", () => {
  const most = arrivalsFor({ servers: 4, serviceSeconds: 0.01 }, 0.99, 0.02);
  expect(serversFor({ arrivalsPerSecond: most, serviceSeconds: 0.01 }, 0.99, 0.02)).toBe(4);
  expect(serversFor({ arrivalsPerSecond: most * 1.01, serviceSeconds: 0.01 }, 0.99, 0.02)).toBe(5);
  expect(arrivalsFor({ servers: 1, serviceSeconds: 1 }, 0.99, 0)).toBeCloseTo(0.01, 2);
});
