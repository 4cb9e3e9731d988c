import { expect, test } from "vitest";
import {
  admit,
  afterFailure,
  afterHealthy,
  afterNothing,
  afterResponse,
  type Circuit,
  closedCircuit,
} from "./circuit.ts";

/** Returns the circuit after outcomes at time 0: "x" is a failure, "." a response. */
const after = (outcomes: string, circuit: Circuit = closedCircuit) =>
  [...outcomes].reduce((each, one) => (one === "x" ? afterFailure(each, 0, "down") : afterResponse(each)), circuit);

test.each([
  ["xxxx", "closed"],
  ["xxxxx", "open"],
  ["xxxx.xxxx", "closed"],
  ["x.x.x.x.x", "closed"], // too few to tell a share
  [".x.x.x.x.x", "open"], // half of ten
  ["..........x.x.x.x.x", "closed"], // 5 of 19
  ["....................xxxxx", "open"],
] as const)("after %s is %s", (outcomes, state) => {
  expect(after(outcomes).state).toBe(state);
});

test("rejects requests while open, then lets exactly one through", () => {
  const open = after("xxxxx");
  expect(open).toMatchObject({ trips: 1, reason: "down" });
  expect(admit(open, 400)).toEqual({ circuit: open, waitMs: 600 });
  const probe = admit(open, 1000);
  expect(probe).toMatchObject({ waitMs: 0, circuit: { state: "half-open", isProbing: true } });
  expect(admit(probe.circuit, 1001).waitMs).toBeGreaterThan(0);
  expect(afterResponse(probe.circuit)).toEqual(closedCircuit);
});

test("reopens after a failed probe for twice as long, up to 15 s", () => {
  let circuit = after("xxxxx");
  const waits: number[] = [];
  for (let now = 0; waits.length < 6; ) {
    const { waitMs } = admit(circuit, now);
    waits.push(waitMs);
    now += waitMs;
    circuit = afterFailure(admit(circuit, now).circuit, now, "still down");
  }
  expect(waits).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000]);
});

test("allows the next probe after an inconclusive one", () => {
  const { circuit } = admit(after("xxxxx"), 5000);
  const next = admit(afterNothing(circuit), 5000);
  expect(next.waitMs).toBe(0);
});

test("ignores requests that started before it opened", () => {
  const open = after("xxxxx");
  expect(afterResponse(open)).toEqual(open);
  expect(afterFailure(open, 900, "late")).toMatchObject({ openedAt: 0, trips: 1, reason: "late" });
});

test("does not close after a passed health check alone, but allows a probe after its timeout", () => {
  const open = after("xxxxx");
  expect(afterHealthy(open, 900).state).toBe("open");
  expect(afterHealthy(open, 1000)).toMatchObject({ state: "half-open", isProbing: false });
  expect(afterHealthy(closedCircuit, 0)).toEqual(closedCircuit);
});
