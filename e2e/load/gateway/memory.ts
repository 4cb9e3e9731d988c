import { setTimeout as pause } from "node:timers/promises";
import { type GrowthTrend, growthTrend, type TimedValue, warmUpShare } from "#server/stats/growth-trend.ts";
import type { RunningGateway } from "../gateway.ts";
import type { Row } from "../report.ts";
import { changing, mixedLoad, serveMixed } from "./mixed-load.ts";
import { type KindCount, openLoop } from "./open-loop.ts";
import { cpuSeconds, residentBytes } from "./process-tree.ts";

const sampleMs = 3_000;
const redeployEveryMs = 45_000;
/** Factor of the load during warm-up, so that caches and heaps reach their working size before the measurement. */
const warmUpSpeed = 3;
/** Minimum age of processes that count: a new version runs in a separate process until trusted, most of a block's time if busy. */
const triedForSeconds = 60;
const megabyte = 2 ** 20;

/**
 * Measures whether the memory of a gateway and its long-lived child processes grows permanently under mixed load at a rate that it sustains
 * easily, while one endpoint gets a new version every 45 s. growthTrend() describes what ten minutes and an hour can detect.
 */
export async function memory(gateway: RunningGateway, minutes: number): Promise<Row[]> {
  await serveMixed(gateway);
  const samples = await sampled(gateway, minutes * 60_000);
  const hasResponse = summarise(samples.counts);
  console.log(`${samples.versions} versions of one endpoint, ${samples.corePercent.toFixed(0)} % of a core`);
  const trend = growthTrend(samples.resident);
  report("resident memory of all processes", trend);
  report("heap of the main thread", growthTrend(samples.heap));
  if (!trend) throw new Error("That is too short to tell a trend: measure for a minute at least.");
  const material = trend.material.toFixed(0);
  return [
    {
      name: "memory-trend",
      unit: "MB/hour",
      leeway: trend.slope,
      peer: undefined,
      goal: `in ${minutes} min, interval reaches 0 or slope at most ${material}, and right answers`,
      ok: !trend.isGrowing && hasResponse,
    },
  ];
}

interface Samples {
  /** Megabytes. */
  resident: TimedValue[];
  heap: TimedValue[];
  /** Counts during the measured time, by kind of request. */
  counts: Map<string, KindCount>;
  corePercent: number;
  versions: number;
}

async function sampled(gateway: RunningGateway, lengthMs: number): Promise<Samples> {
  const startedAt = performance.now();
  const elapsedMs = () => performance.now() - startedAt;
  const resident: TimedValue[] = [];
  const heap: TimedValue[] = [];
  let versions = 1;
  const sampleUntil = async (endMs: number, speed: number) => {
    const stop = new AbortController();
    const load = openLoop(mixedLoad(gateway), stop.signal, speed);
    try {
      while (elapsedMs() < endMs) {
        await pause(sampleMs - (elapsedMs() % sampleMs));
        const seconds = elapsedMs() / 1000;
        resident.push({ seconds, value: residentBytes(gateway.pid, triedForSeconds) / megabyte });
        heap.push({ seconds, value: heapMegabytes(await gateway.metrics()) });
        if (elapsedMs() < versions * redeployEveryMs) continue;
        versions += 1;
        await gateway.fixture.redeploy(changing(versions), versions);
      }
    } finally {
      stop.abort();
    }
    return load;
  };
  await sampleUntil(warmUpShare * lengthMs, warmUpSpeed);
  const [cpuBefore, countedFrom] = [cpuSeconds(gateway.pid), elapsedMs()];
  const counts = await sampleUntil(lengthMs, 1);
  const corePercent = (100_000 * (cpuSeconds(gateway.pid) - cpuBefore)) / (elapsedMs() - countedFrom);
  return { resident, heap, counts, corePercent, versions };
}

/** Prints the results by kind of request. @returns whether all responses were as expected, and most requests were sent */
function summarise(counts: Map<string, KindCount>): boolean {
  const rows = [...counts].map(([kind, { sent, wrong, skipped }]) => {
    const statuses = [...wrong].map(([status, count]) => `${count} × ${status}`).join(", ");
    const sum = [...wrong.values()].reduce((total, count) => total + count, 0);
    return { kind, sent, wrong: sum, statuses, skipped };
  });
  console.table(rows);
  return rows.every(({ sent, wrong, skipped }) => wrong === 0 && skipped < sent);
}

function report(what: string, trend: GrowthTrend | undefined): void {
  if (!trend) return;
  const { slope, low, high, blocks, median } = trend;
  const [mid, rise, from, to] = [median, slope, low, high].map((value) => value.toFixed(1));
  console.log(`${what}: median ${mid} MB, slope ${rise} MB/hour, 95 % interval ${from} to ${to}`);
  console.log(`  medians of blocks: ${blocks.map((value) => value.toFixed(1)).join(" ")}`);
}

function heapMegabytes(metrics: string): number {
  const bytes = /^nodejs_heap_size_used_bytes\S* (\S+)/m.exec(metrics)?.[1];
  return Number(bytes) / megabyte;
}
