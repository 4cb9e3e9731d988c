import { setTimeout as pause } from "node:timers/promises";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import { waitFor } from "../../suite/stack.ts";
import { cpuNanoseconds } from "../gateway/process-tree.ts";
import { type RunningGateway, startGatewayProcess } from "../gateway.ts";
import { type Asker, openClient } from "../raw-clients.ts";
import type { Row } from "../report.ts";
import { insertProfile } from "./insert-profile.ts";
import { type Endpoint, endpoints, type Measured, overheadRows } from "./overhead-rows.ts";
import { profiledNumbers } from "./profiled-numbers.ts";

const width = 50;
const rounds = 200;
const turnMs = 200;
const clients = 64;
/** Number of different rows for each connection, so that branch predictors and caches do not adapt to one. */
const rowsPerClient = 16;
/** Until the code is compiled and the versions are trusted. */
const roundsBefore = 20;

/**
 * Measures the cost of counting for a gateway at 50 features and one score: endpoints of one process with the same model, one with a
 * reference and two without, under the same load in short turns in varying order. The number is the median over the rounds, each relative
 * to the endpoint without a reference in the same round, with the interval of that median. The second endpoint without a reference shows
 * the difference that the measurement itself causes.
 */
export async function ingestOverhead(): Promise<Row[]> {
  const gateway = await startGatewayProcess({ FLUSH_SECONDS: "5" });
  try {
    const signature = {
      ...mlpSignature,
      inputs: [{ name: "x", datatype: "FP32" as const, shape: ["N", width] }],
      labels: ["a", "b", "c"],
    };
    for (const name of endpoints) await gateway.serve(name, mlpModel([width, 16, 3]), signature);
    await insertProfile(gateway.fixture.ctx, { model: "watched" }, 5000, profiledNumbers(width));
    const askers = await openAll(gateway);
    const measure = (name: Endpoint) => saturate(gateway, askers[name]);
    await waitFor(() => isCounting(gateway, measure), 60_000);
    const measured: Record<Endpoint, Measured>[] = [];
    for (let round = 0; round < roundsBefore + rounds; round += 1) {
      const found: Partial<Record<Endpoint, Measured>> = {};
      for (let turn = 0; turn < endpoints.length; turn += 1) {
        const name = endpoints[(round + turn) % endpoints.length] as Endpoint;
        found[name] = await measure(name);
      }
      if (round >= roundsBefore) measured.push(found as Record<Endpoint, Measured>);
    }
    return overheadRows(measured);
  } finally {
    await gateway.stop();
  }
}

/** Connections that stay open, or opening them would be measured. */
async function openAll({ url, headers }: RunningGateway): Promise<Record<Endpoint, Asker[]>> {
  const bodies = Array.from({ length: clients }, () => madeBodies(rowsPerClient));
  const openFor = async (name: Endpoint) => {
    const target = {
      url: `${url}/v2/models/${name}/infer`,
      headers: { ...headers, "content-type": "application/json" },
    };
    return [name, await Promise.all(bodies.map((body) => openClient({ ...target, body })))] as const;
  };
  return Object.fromEntries(await Promise.all(endpoints.map(openFor))) as Record<Endpoint, Asker[]>;
}

async function saturate({ pid }: RunningGateway, askers: readonly Asker[]): Promise<Measured> {
  const [before, startedAt] = [cpuNanoseconds(pid), performance.now()];
  let requests = 0;
  let failures = 0;
  const client = async ({ request }: Asker) => {
    while (performance.now() < startedAt + turnMs) {
      if ((await request()) !== 200) failures += 1;
      requests += 1;
    }
  };
  await Promise.all(askers.map(client));
  const [after, elapsedMs] = [cpuNanoseconds(pid), performance.now() - startedAt];
  return {
    requestsPerSecond: (1000 * requests) / elapsedMs,
    failures,
    cpuMicroseconds: (after.all - before.all) / 1e3 / requests,
    firstMicroseconds: (after.first - before.first) / 1e3 / requests,
    busy: (after.first - before.first) / 1e6 / elapsedMs,
  };
}

/** Returns whether the gateway has stored states on disk after a short load. */
async function isCounting(gateway: RunningGateway, measure: (name: Endpoint) => Promise<Measured>): Promise<boolean> {
  await measure("watched");
  await pause(6000);
  const text = await gateway.metrics();
  return Number(/leeway_telemetry_spool_bytes\{kind="states"[^}]*\} (\d+)/.exec(text)?.[1] ?? 0) > 0;
}

const random = seededRandom(11);

/** Generates bodies of the same length, which matches the content length of the request. */
function madeBodies(count: number): Buffer[] {
  const texts = Array.from({ length: count }, () => {
    const data = Array.from({ length: width }, () => Math.round(1e4 * normalFrom(random)) / 1e4);
    return JSON.stringify({ inputs: [{ name: "x", shape: [1, width], datatype: "FP32", data }] });
  });
  const longest = Math.max(...texts.map(({ length }) => length));
  return texts.map((text) => Buffer.from(text.padEnd(longest)));
}
