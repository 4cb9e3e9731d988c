import { expect, test } from "vitest";
import { Heartbeat } from "./heartbeat.ts";

/** Checks every second after `from` until `to`. @returns the last result. */
function checkBetween(heartbeat: Heartbeat, from: number, to: number): number | null {
  let silenceMs: number | null = null;
  for (let now = from + 1_000; now <= to; now += 1_000) silenceMs = heartbeat.check(now);
  return silenceMs;
}

function readyAt(now: number): Heartbeat {
  const heartbeat = new Heartbeat(now);
  heartbeat.beat(now);
  heartbeat.ready();
  return heartbeat;
}

test("considers a process alive that sends messages", () => {
  const heartbeat = readyAt(0);
  for (let now = 1_000; now <= 300_000; now += 1_000) {
    heartbeat.beat(now - 10);
    expect(heartbeat.check(now)).toBeNull();
  }
});

test("considers a process unresponsive after 15 s without a message", () => {
  const heartbeat = readyAt(0);
  expect(checkBetween(heartbeat, 0, 15_000)).toBeNull();
  expect(heartbeat.check(16_000)).toBe(16_000);
});

test("a message ends the silence", () => {
  const heartbeat = readyAt(0);
  expect(checkBetween(heartbeat, 0, 15_000)).toBeNull();
  heartbeat.beat(15_500);
  expect(checkBetween(heartbeat, 15_000, 30_000)).toBeNull();
  expect(heartbeat.check(31_000)).toBe(15_500);
});

test("gives a process that starts 120 s, with or without messages before", () => {
  const silent = new Heartbeat(0);
  expect(checkBetween(silent, 0, 120_000)).toBeNull();
  expect(silent.check(121_000)).toBe(121_000);
  const loading = new Heartbeat(0);
  loading.beat(2_000);
  expect(checkBetween(loading, 0, 122_000)).toBeNull();
  expect(loading.check(123_000)).toBe(121_000);
});

test("ignores the silence before a check that was late: the supervisor was suspended too", () => {
  const heartbeat = readyAt(0);
  expect(checkBetween(heartbeat, 0, 10_000)).toBeNull();
  expect(heartbeat.check(3_600_000)).toBeNull();
  expect(checkBetween(heartbeat, 3_600_000, 3_615_000)).toBeNull();
  expect(heartbeat.check(3_616_000)).toBe(16_000);
});

test("tolerates a supervisor that is a little late", () => {
  const heartbeat = readyAt(0);
  for (const now of [4_000, 8_000, 12_000]) expect(heartbeat.check(now)).toBeNull();
  expect(heartbeat.check(16_000)).toBe(16_000);
});
