import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { arrivals, warmUpMs } from "./arrivals.ts";
import type { LoadTestSettings, StepMeasurement } from "./contract.ts";
import { isSaturated } from "./findings.ts";
import { measureStep } from "./measure-step.ts";
import { OpenLoop, type Target } from "./send-step.ts";

/** Message that starts the thread of a load test. */
export interface LoadOrder {
  target: Target;
  settings: LoadTestSettings;
  /** Steps before this one are measured already. */
  from: number;
}

/** Report of the thread about a completed step; none follows after the last. */
export interface LoadReport {
  position: number;
  measured: StepMeasurement;
}

/** Pause between two steps, so that one does not start with the backlog of the other. */
const restMs = 500;

const { target, settings, from } = workerData as LoadOrder;
const { rates, stepSeconds, endsAtSaturation } = settings;
const stop = new AbortController();
parentPort?.once("message", () => stop.abort());
const loop = new OpenLoop(target);
for (const [position, requestsPerSecond] of rates.entries()) {
  if (position < from) continue;
  const requests = await loop.step(arrivals(settings, requestsPerSecond), stop.signal);
  if (stop.signal.aborted) break;
  const measured = measureStep(requests, { requestsPerSecond, stepSeconds, warmUpMs: warmUpMs(stepSeconds) });
  parentPort?.postMessage({ position, measured } satisfies LoadReport);
  if (endsAtSaturation && isSaturated(measured)) break;
  await pause(restMs, undefined, { signal: stop.signal }).catch(() => {});
}
loop.close();
parentPort?.unref();
