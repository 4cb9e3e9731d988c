import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { readDataset } from "#server/develop/datasets/read-dataset.ts";
import { uploadDataset } from "#server/develop/datasets/upload-dataset.ts";
import { defineFeatureEntity } from "#server/develop/features/definitions/define-feature-entity.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { defineViewSource } from "#server/develop/features/definitions/define-view-source.ts";
import type { Materialisation } from "#server/develop/features/materialisations/contract.ts";
import { getMaterialisation } from "#server/develop/features/materialisations/queries.ts";
import { startMaterialisation } from "#server/develop/features/materialisations/start-materialisation.ts";
import { OfflineEngine } from "#server/develop/features/offline/engine/offline-engine.ts";
import { literal } from "#server/develop/features/offline/engine/sql-text.ts";
import { writeFeatures } from "#server/develop/features/writes/write-features.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { openRole } from "./chaos/rollout/roles.ts";
import { type RunningGateway, startGatewayProcess } from "./gateway.ts";
import { atLeast, atMost, type Row } from "./report.ts";
import { steadyRaw } from "./steady-clients.ts";

const keys = 10_000;
/** Rows that are newer than all of the file: the first half of the keys has them before. */
const pushedAt = "2026-06-01T00:00:00Z";

/**
 * Materialises a file in a worker while look-ups go on at a gateway: none may fail, and none may find an older value than before. `--rows 1000000`
 * is the length of the file, `--rate 1000` the look-ups per second.
 */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({
    allowPositionals: true,
    options: { rows: { type: "string", default: "1000000" }, rate: { type: "string", default: "1000" } },
  });
  const gateway = await startGatewayProcess();
  const worker = await openRole(gateway.fixture, "worker", async () => true);
  try {
    await define(gateway, Number(values.rows));
    await worker.start();
    return await measure(gateway, Number(values.rows), Number(values.rate));
  } finally {
    await worker.stop();
    await gateway.stop();
  }
}

async function define({ fixture: { ctx, environment } }: RunningGateway, rows: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "leeway-materialise-"));
  const engine = await OfflineEngine.open({ folder });
  try {
    const path = join(folder, "rows.parquet");
    // Keys and times are spread over the whole file.
    await engine.run(`COPY (SELECT (i * 7919) % ${keys} AS driver_id,
        TIMESTAMP '2026-03-01' + to_seconds((i * 104729) % ${rows}) AS event_timestamp, i AS trips, i / 7.0 AS rate
      FROM range(${rows}) t(i)) TO ${literal(path)} (FORMAT parquet)`);
    const artifacts = await openLocalStore(environment.ARTIFACT_DIR);
    const place = { artifacts, maxBytes: 2 ** 30 };
    const upload = await uploadDataset(ctx, { name: "rows", fileName: "rows.parquet" }, createReadStream(path), place);
    await readDataset(ctx, upload.id, artifacts);
  } finally {
    engine.close();
    await rm(folder, { recursive: true });
  }
  await defineFeatureEntity(ctx, { name: "driver", joinKey: "driver_id", type: "int64" });
  await defineViewSource(ctx, { name: "file", kind: "file", options: { path: "dataset:rows" } });
  const features = [
    { name: "trips", type: "int64" as const },
    { name: "rate", type: "float64" as const },
  ];
  await defineFeatureView(ctx, { name: "v", entities: ["driver"], source: "file", features });
  const ids = Array.from({ length: keys / 2 }, (_, key) => key);
  const columns = { driver_id: ids, event_timestamp: ids.map(() => pushedAt), trips: ids, rate: ids };
  await writeFeatures(ctx, { view: "v", columns });
}

async function measure({ url, headers, fixture: { ctx } }: RunningGateway, rows: number, rate: number): Promise<Row[]> {
  const target = {
    url: `${url}/feast/get-online-features`,
    headers: { ...headers, "content-type": "application/json" },
  };
  const body = lookUp([1, 7_001]);
  const { id } = await startMaterialisation(ctx, { view: "v" });
  let isDone = false;
  let failures = 0;
  let requests = 0;
  const load = async () => {
    while (!isDone) {
      const result = await steadyRaw({ ...target, body, clients: 8, seconds: 2, ratePerSecond: rate });
      failures += result.failures;
      requests += result.requests;
    }
  };
  let older = 0;
  const newest = new Map<number, number>();
  const watch = async () => {
    const drivers = Array.from({ length: 100 }, (_, at) => at * (keys / 100));
    for (; !isDone; await pause(50)) {
      const response = await fetch(target.url, {
        method: "POST",
        headers: target.headers,
        body: lookUp(drivers).toString(),
      });
      const { results } = (await response.json()) as { results: { event_timestamps: string[] }[] };
      for (const [index, text] of (results[1]?.event_timestamps ?? []).entries()) {
        const at = Date.parse(text);
        if (at < (newest.get(index) ?? 0)) older += 1;
        newest.set(index, at);
      }
    }
  };
  const until = async (): Promise<Materialisation> => {
    for (;;) {
      const now = await getMaterialisation(ctx, id);
      if (now.endedAt) return now;
      await pause(500);
    }
  };
  const ended = until().finally(() => {
    isDone = true;
  });
  const [done] = await Promise.all([ended, load(), watch()]);
  if (done.state !== "done") throw new Error(`The materialisation ended as ${done.state}: ${done.problem}`);
  console.log(
    `${requests} look-ups meanwhile; ${done.rowsWritten} rows became the newest, ${done.rowsOlder} were older.`,
  );
  const lost = rows - done.rowsWritten - done.rowsOlder;
  return [
    atLeast(5_000, { name: "materialise", unit: "rows/s", leeway: done.rowsPerSecond ?? 0 }),
    atMost(0, { name: "rows that are not there", unit: "rows", leeway: lost }),
    atMost(0, { name: "look-ups that failed meanwhile", unit: "requests", leeway: failures }),
    atMost(0, { name: "values older than before", unit: "values", leeway: older }),
  ];
}

function lookUp(drivers: readonly number[]): Buffer {
  return Buffer.from(JSON.stringify({ features: ["v:trips", "v:rate"], entities: { driver_id: drivers } }));
}
