/**
 * Stops the real Postgres for a while under inference: 0 failed requests, 0 windows lost, every successful request in the counters
 * once, every sampled one in the prediction log once. `--minutes 5` without Postgres (default 1), `--callers 8`, `--pace 10`
 * milliseconds between a response and a caller's next request.
 */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "#db/embedded.ts";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import { ensureEndpoint } from "#server/roles/demo/deploy.ts";
import { readRecording, readSamples } from "#server/roles/demo/recording.ts";
import { replay } from "#server/roles/demo/replay.ts";
import { isSampled } from "#server/serve/telemetry/sampling.ts";
import { startStack } from "../../suite/stack.ts";
import { untilOk } from "./faults.ts";
import { identifiedCaller, type Requested } from "./identified-load.ts";
import { readStored, type Stored } from "./stored-telemetry.ts";

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "1" },
    callers: { type: "string", default: "8" },
    pace: { type: "string", default: "10" },
  },
});
const [minutes, callers, paceMs] = [Number(values.minutes), Number(values.callers), Number(values.pace)];
const quietSeconds = 15;
const captureShare = 0.05;
const windowMs = 10_000;
/** After the return of Postgres, a gateway sends at its next flush; this is many of them. */
const catchUpMs = 90_000;

// Outside Leeway's data folder and supervision, so that it stays down for as long as the test needs.
const folder = await mkdtemp(join(tmpdir(), "leeway-outage-"));
await chmod(folder, 0o755);
const position = { dataFolder: join(folder, "postgres"), logFile: join(folder, "postgres.log") };
let postgres = await startEmbeddedPostgres(position);
try {
  await using stack = await startStack({ DATABASE_URL: postgres.url });
  const { url, gatewayUrl } = stack;
  const target: DemoTarget = { url, gatewayUrl, token: stack.environment.LEEWAY_TOKEN ?? "" };
  await replay(target, "digits", await readRecording("digits"), Date.now());
  await ensureEndpoint(target, { name: "digits", model: "digits", version: 2, captureShare });
  await untilOk(`${gatewayUrl}/health/ready`);
  const samples = await readSamples("digits");
  const before = await readStored(postgres.url);

  const stop = new AbortController();
  const load = Array.from({ length: callers }, () =>
    identifiedCaller(target, samples, { paceMs, signal: stop.signal }),
  );
  const marks = [{ phase: "before", from: Date.now() }];
  await pause(quietSeconds * 1000);
  marks.push({ phase: `Postgres stopped for ${minutes} min`, from: Date.now() });
  console.log(`Postgres (process ${postgres.pid}) is stopped.`);
  await postgres.stop();
  await pause(minutes * 60_000);
  postgres = await startEmbeddedPostgres({ ...position, port: postgres.port });
  console.log(`Postgres (process ${postgres.pid}) is back.`);
  marks.push({ phase: "after", from: Date.now() });
  await pause(quietSeconds * 1000);
  stop.abort();
  const requested = (await Promise.all(load)).flat();
  const stored = await untilStored(requested.length + before.requests);
  process.exitCode = report(requested, marks, stored, before, await droppedOf(gatewayUrl)) ? 0 : 1;
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

async function untilStored(requests: number): Promise<Stored> {
  const deadline = Date.now() + catchUpMs;
  for (; ; await pause(1_000)) {
    const stored = await readStored(postgres.url);
    if (stored.requests >= requests || Date.now() > deadline) {
      // The log is sent after the counters.
      await pause(6_000);
      return readStored(postgres.url);
    }
  }
}

/** Reads how much the gateway reports as dropped, by kind. */
async function droppedOf(gatewayUrl: string): Promise<Record<string, number>> {
  const metrics = await (await fetch(`${gatewayUrl}/metrics`)).text();
  const lines = metrics.matchAll(/^leeway_telemetry_dropped_total\{.*?kind="([^"]+)".*\} (\d+)$/gm);
  return Object.fromEntries(Array.from(lines, ([, kind, count]) => [kind, Number(count)]));
}

function report(
  requested: readonly Requested[],
  marks: readonly { phase: string; from: number }[],
  stored: Stored,
  before: Stored,
  dropped: Record<string, number>,
): boolean {
  const phases = marks.map(({ phase, from }, index) => {
    const to = marks[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    const own = requested.filter(({ at }) => at >= from && at < to);
    const sorted = own.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
    const at = (share: number) => Number((sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1));
    const failed = own.filter(({ status }) => status !== 200).length;
    return { phase, requests: own.length, failed, p50Ms: at(0.5), p99Ms: at(0.99), slowestMs: at(1) };
  });
  // Minutes of requests exceed the maximum number of arguments of a call.
  const first = requested.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const last = requested.reduce((most, { at }) => Math.max(most, at), 0);
  const windows: number[] = [];
  for (let at = Math.floor(first / windowMs) * windowMs; at <= last; at += windowMs) windows.push(at);
  const sampled = requested.filter(
    ({ requestId, status }) => requestId !== "" && (status !== 200 || isSampled(requestId, captureShare)),
  );
  const result = {
    minutes,
    requests: requested.length,
    failed: requested.filter(({ status }) => status !== 200).length,
    windows: windows.length,
    windowsLost: windows.filter((at) => !stored.windows.has(at)).length,
    requestsCounted: stored.requests - before.requests,
    latenciesCounted: stored.measured - before.measured,
    predictionsSampled: sampled.length,
    predictionsLogged: sampled.filter(({ requestId }) => stored.logged.has(requestId)).length,
    dropped,
  };
  console.table(phases);
  console.table({ ...result, dropped: JSON.stringify(dropped) });
  console.log(JSON.stringify({ outage: result, phases }));
  return (
    result.failed === 0 &&
    result.windowsLost === 0 &&
    result.requestsCounted === result.requests &&
    result.latenciesCounted === result.requests &&
    result.predictionsLogged === result.predictionsSampled &&
    Object.keys(dropped).length > 0 &&
    Object.values(dropped).every((count) => count === 0)
  );
}
