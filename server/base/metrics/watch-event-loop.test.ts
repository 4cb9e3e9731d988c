import { Registry } from "prom-client";
import { afterEach, expect, test, vi } from "vitest";
import { watchEventLoop } from "./watch-event-loop.ts";

afterEach(() => {
  vi.useRealTimers();
});

async function evaluations(registry: Registry): Promise<number> {
  const text = await registry.metrics();
  return Number(/leeway_event_loop_delay_seconds_count (\d+)/.exec(text)?.[1]);
}

test("samples an idle loop a few times a second, and a busy one fifty times", async () => {
  vi.useFakeTimers();
  const registry = new Registry();
  let share = 0;
  let isInUse = false;
  watchEventLoop({ registry, utilisation: () => share, isInUse: () => isInUse });
  await vi.advanceTimersByTimeAsync(1_020);
  expect(await evaluations(registry)).toBe(5);
  share = 0.5;
  await vi.advanceTimersByTimeAsync(250);
  const before = await evaluations(registry);
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await evaluations(registry)) - before).toBe(50);
  share = 0;
  isInUse = true;
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await evaluations(registry)) - before).toBe(100);
});

test("measures a blocked loop even if it was idle", async () => {
  const registry = new Registry();
  watchEventLoop({ registry, isInUse: () => false });
  await vi.waitFor(async () => expect(await evaluations(registry)).toBeGreaterThan(0));
  const until = performance.now() + 400;
  while (performance.now() < until);
  await vi.waitFor(async () => {
    // Longer than 0.1 s; how much longer depends on when the next sample was due.
    const text = await registry.metrics();
    const within = /leeway_event_loop_delay_seconds_bucket{le="0.1"} (\d+)/.exec(text)?.[1];
    expect(await evaluations(registry)).toBeGreaterThan(Number(within));
  });
});
