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
] as const)("%s leaves it %s", (outcomes, state) => {
  expect(after(outcomes).state).toBe(state);
});

test("an open circuit refuses until its time is over, then lets exactly one request through", () => {
  const open = after("xxxxx");
  expect(open).toMatchObject({ trips: 1, reason: "down" });
  expect(admit(open, 400)).toEqual({ circuit: open, waitMs: 600 });
  const probe = admit(open, 1000);
  expect(probe).toMatchObject({ waitMs: 0, circuit: { state: "half-open", isProbing: true } });
  expect(admit(probe.circuit, 1001).waitMs).toBeGreaterThan(0);
  expect(afterResponse(probe.circuit)).toEqual(closedCircuit);
});

test("a failed probe opens it again for twice as long, up to 15 s", () => {
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

test("a probe that tells nothing makes room for the next one", () => {
  const { circuit } = admit(after("xxxxx"), 5000);
  const next = admit(afterNothing(circuit), 5000);
  expect(next.waitMs).toBe(0);
});

test("what began before it opened neither closes nor prolongs it", () => {
  const open = after("xxxxx");
  expect(afterResponse(open)).toEqual(open);
  expect(afterFailure(open, 900, "late")).toMatchObject({ openedAt: 0, trips: 1, reason: "late" });
});

test("a passed health check alone does not close it, but lets a request try once its time is over", () => {
  const open = after("xxxxx");
  expect(afterHealthy(open, 900).state).toBe("open");
  expect(afterHealthy(open, 1000)).toMatchObject({ state: "half-open", isProbing: false });
  expect(afterHealthy(closedCircuit, 0)).toEqual(closedCircuit);
});
