import { buildFeatureProfile } from "#server/monitoring/profiles/build/build-feature-profile.ts";
import type { ProfiledFeature } from "#server/monitoring/state/contract.ts";
import { mlpModel } from "#server/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/serving/testing.ts";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { waitFor } from "../../suite/stack.ts";
import type { LoadResult } from "../clients.ts";
import { cpuSeconds } from "../gateway/process-tree.ts";
import { type RunningGateway, startGatewayProcess } from "../gateway.ts";
import { quantile, saturateRaw } from "../raw-clients.ts";
import { atMost, type Row } from "../report.ts";
import { insertProfile } from "./insert-profile.ts";

const width = 50;
const rounds = 8;
const seconds = 3;
const clients = 64;
/** As many different rows, so that no branch is learned by heart. */
const bodies = madeBodies(16);
const most = 5;

/**
 * What counting costs a gateway at 50 features and one score: two endpoints of one process with the same model, one with a reference and one without, under the same load in
 * turns. The ratio is the median of pairs that were measured one after the other.
 */
export async function ingestOverhead(): Promise<Row[]> {
  const gateway = await startGatewayProcess({ FLUSH_SECONDS: "5" });
  try {
    const signature = {
      ...mlpSignature,
      inputs: [{ name: "x", datatype: "FP32" as const, shape: ["N", width] }],
      labels: ["a", "b", "c"],
    };
    for (const name of ["plain", "watched"]) await gateway.serve(name, mlpModel([width, 16, 3]), signature);
    const { profileId } = await insertProfile(gateway.scene.ctx, { model: "watched" }, 5000, profiledFeatures());
    const load = (name: string) => saturate(gateway, name);
    await waitFor(async () => (await countedRows(gateway, load)) > 0, 60_000);
    for (const name of ["plain", "watched"]) await load(name);
    const pairs: { plain: Measured; watched: Measured }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const isFirst = round % 2 === 0;
      const first = await load(isFirst ? "plain" : "watched");
      const second = await load(isFirst ? "watched" : "plain");
      pairs.push(isFirst ? { plain: first, watched: second } : { plain: second, watched: first });
    }
    return rowsOf(pairs, profileId);
  } finally {
    await gateway.stop();
  }
}

type Measured = Pick<LoadResult, "requestsPerSecond" | "failures"> & { cpuMicroseconds: number };

async function saturate(gateway: RunningGateway, name: string): Promise<Measured> {
  const headers = { ...gateway.headers, "content-type": "application/json" };
  const url = `${gateway.url}/v2/models/${name}/infer`;
  const before = cpuSeconds(gateway.pid);
  const results = await Promise.all(
    bodies.map((body) => saturateRaw({ url, headers, body, clients: clients / bodies.length, seconds })),
  );
  const sum = (read: (result: LoadResult) => number) => results.reduce((total, result) => total + read(result), 0);
  return {
    requestsPerSecond: sum((result) => result.requestsPerSecond),
    failures: sum((result) => result.failures),
    cpuMicroseconds: ((cpuSeconds(gateway.pid) - before) * 1e6) / sum((result) => result.requests),
  };
}

function rowsOf(pairs: { plain: Measured; watched: Measured }[], profileId: string): Row[] {
  const median = (read: (pair: (typeof pairs)[number]) => number) => quantile(pairs.map(read), 0.5);
  const failures = pairs.reduce((sum, { plain, watched }) => sum + plain.failures + watched.failures, 0);
  const slowdown = 100 * (1 - median(({ plain, watched }) => watched.requestsPerSecond / plain.requestsPerSecond));
  console.log(
    `reference ${profileId}: ${failures} failed; ` +
      `${median(({ plain }) => plain.requestsPerSecond).toFixed(0)} requests/s without, ${median(({ watched }) => watched.requestsPerSecond).toFixed(0)} with counting`,
  );
  const row = atMost(most, { name: "ingest-overhead", unit: "%", leeway: slowdown });
  const added = median(({ plain, watched }) => watched.cpuMicroseconds - plain.cpuMicroseconds);
  const cpu = median(({ plain }) => plain.cpuMicroseconds);
  return [
    { ...row, ok: row.ok && failures === 0 },
    { ...atMost(most, { name: "ingest-overhead-cpu", unit: "%", leeway: (100 * added) / cpu }) },
  ];
}

/** Rows that the gateway has on disk or sent, after a moment of load. */
async function countedRows(gateway: RunningGateway, load: (name: string) => Promise<Measured>): Promise<number> {
  await load("watched");
  await new Promise((resolve) => setTimeout(resolve, 6000));
  const text = await gateway.metrics();
  return Number(/leeway_telemetry_spool_bytes\{kind="states"[^}]*\} (\d+)/.exec(text)?.[1] ?? 0);
}

function madeBodies(count: number): Buffer[] {
  const random = seededRandom(11);
  return Array.from({ length: count }, () => {
    const data = Array.from({ length: width }, () => Math.round(1e4 * normalFrom(random)) / 1e4);
    return Buffer.from(JSON.stringify({ inputs: [{ name: "x", shape: [1, width], datatype: "FP32", data }] }));
  });
}

function profiledFeatures(): ProfiledFeature[] {
  const random = seededRandom(5);
  const normal = () =>
    buildFeatureProfile(
      "numeric",
      Array.from({ length: 5000 }, () => Math.fround(normalFrom(random))),
    );
  const inputs = Array.from(
    { length: width },
    (_, at): ProfiledFeature => ({
      ...{ name: `x[${at}]`, role: "input", profile: normal() },
    }),
  );
  const prediction = buildFeatureProfile("categorical", ["a", "b", "c", "a"]);
  const score = buildFeatureProfile(
    "numeric",
    Array.from({ length: 1000 }, () => 1 / 3 + random() * (2 / 3)),
  );
  return [
    ...inputs,
    { name: "prediction", role: "output", profile: prediction },
    { name: "score", role: "output", profile: score },
  ];
}
