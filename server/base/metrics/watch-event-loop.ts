import { performance } from "node:perf_hooks";
import type { Registry } from "prom-client";
import { TallyHistogram } from "./tally-histogram.ts";

/** Milliseconds between two looks, while the loop has work and while it has none: each look wakes the processor. */
const busyEveryMs = 20;
const idleEveryMs = 250;
/** Share of the time since the last look in which the loop worked. */
const busyShare = 0.05;

interface Surroundings {
  registry: Registry;
  /** Whether a request was served recently: the loop is then measured often, however little work the request was. */
  isInUse(): boolean;
  /** Returns the share of the time since the last call during which the loop worked, 0 to 1. */
  utilisation?(): number;
}

/** Measures how late a timer fires, the time that the loop was busy with something else, as long as the process lives. */
export function watchEventLoop({ registry, isInUse, utilisation = readUtilisation() }: Surroundings): void {
  const delay = new TallyHistogram({
    name: "leeway_event_loop_delay_seconds",
    help: "Timer delay on the event loop that serves requests.",
    buckets: [0.001, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    registry,
  }).of({});
  const poll = (dueAt: number) => {
    const now = performance.now();
    delay.observe(Math.max(0, now - dueAt) / 1000);
    const isBusy = utilisation() > busyShare;
    const everyMs = isBusy || isInUse() ? busyEveryMs : idleEveryMs;
    setTimeout(poll, everyMs, now + everyMs).unref();
  };
  setTimeout(poll, busyEveryMs, performance.now() + busyEveryMs).unref();
}

function readUtilisation(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
