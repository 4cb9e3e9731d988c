import { setTimeout as pause } from "node:timers/promises";
import type { LoadOptions, LoadResult } from "./clients.ts";
import { openClient } from "./raw-clients.ts";

/**
 * Sends requests at a fixed rate, whatever the server does: one that is due while all connections are busy waits, and its time counts
 * from when it was due, so that a slow server cannot hide behind clients that wait for it.
 */
export async function steadyRaw(options: LoadOptions & { ratePerSecond: number }): Promise<LoadResult> {
  const { seconds, ratePerSecond } = options;
  const idle = await Promise.all(Array.from({ length: options.clients }, () => openClient(options)));
  const all = [...idle];
  const waiting: number[] = [];
  const running = new Set<Promise<void>>();
  const latenciesMs: number[] = [];
  let failures = 0;
  const send = () => {
    while (waiting.length > 0) {
      const asker = idle.pop();
      if (!asker) return;
      const dueAt = waiting.shift() as number;
      const work = asker.request().then((status) => {
        latenciesMs.push(performance.now() - dueAt);
        if (status !== 200) failures += 1;
        idle.push(asker);
        running.delete(work);
        send();
      });
      running.add(work);
    }
  };
  const startedAt = performance.now();
  const total = Math.floor(seconds * ratePerSecond);
  for (let sent = 0; sent < total; await pause(1)) {
    const now = performance.now();
    const due = Math.min(total, Math.floor(((now - startedAt) / 1000) * ratePerSecond));
    for (; sent < due; sent += 1) waiting.push(now);
    send();
  }
  while (running.size > 0) await Promise.all(running);
  for (const { close } of all) close();
  const requestsPerSecond = (latenciesMs.length * 1000) / (performance.now() - startedAt);
  return { requests: latenciesMs.length, failures, requestsPerSecond, latenciesMs };
}
