import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { featureFiles } from "#db/schema/index.ts";
import { defineFeatureEntity } from "#server/develop/features/definitions/define-feature-entity.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { storeHistory, writeHistory } from "#server/develop/features/history/store-history.ts";
import type { OfflineEngine } from "#server/develop/features/offline/engine/offline-engine.ts";
import { literal } from "#server/develop/features/offline/engine/sql-text.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { currentWorkspace } from "#server/platform/identity/workspaces/current-workspace.ts";
import { pythonPrograms } from "../../suite/python.ts";
import { stopped } from "../gateway.ts";
import { type GatewayFixture, openGatewayFixture } from "../gateway-fixture.ts";
import { atMost, comparedTo, type Row } from "../report.ts";
import { joinedFeatures, spineSizes, writeJoinData } from "./join-data.ts";

const Measured = z.object({
  seconds: z.number(),
  rows: z.number(),
  peakMib: z.number(),
  sums: z.record(z.string(), z.number()),
  nulls: z.record(z.string(), z.number()),
});
type Measured = z.infer<typeof Measured>;

const rounds = 2;
const [small, large] = spineSizes;

/**
 * Compares training sets by the unmodified client of Feast with Feast's own engines, Dask (its default) and DuckDB, and with DuckDB's ASOF
 * join alone: 100,000 and a million rows, joined to three views of a million rows. Values that count are those that were true (cut-off
 * event), as Feast has it. The peak of memory is that of Leeway's server with its engine.
 */
export async function measureJoins(): Promise<Row[]> {
  const programs = await pythonPrograms("venv-feast-offline", ["feast[duckdb,remote]==0.67.0"]);
  if (!programs) throw new Error("Feast could not be installed: Python 3.10 with venv, and PyPI, are needed.");
  const folder = await mkdtemp(join(tmpdir(), "leeway-joins-"));
  const fixture = await openGatewayFixture();
  try {
    await fill(fixture, folder);
    const server = await startServer(fixture, folder);
    try {
      const project = (await currentWorkspace(fixture.ctx)).slug.replaceAll("-", "_");
      const token = fixture.headers.authorization.replace("Bearer ", "");
      const measured = async (engine: string, rows: number): Promise<Measured> => {
        const args = ["e2e/load/features/join_features.py", engine, folder, String(rows), String(server.port), project];
        const environment = { ...process.env, LEEWAY_TOKEN: token };
        const { stdout } = await promisify(execFile)(`${programs}/python`, args, { env: environment });
        const found = Measured.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
        console.log(
          `${engine}, ${rows} rows: ${found.seconds.toFixed(2)} s, ${found.peakMib.toFixed(0)} MiB of the client`,
        );
        return found;
      };
      const best = async (engine: string, rows: number) => {
        const runs = [];
        for (let round = 0; round < rounds; round += 1) runs.push(await measured(engine, rows));
        return runs.reduce((one, other) => (other.seconds < one.seconds ? other : one));
      };
      const leeway = await best("leeway", small);
      const peak = server.peakMib();
      const duckdb = await best("duckdb", small);
      requireSame(leeway, duckdb, small);
      const dask = await measured("dask", small);
      const many = await best("leeway", large);
      const asof = await best("asof", large);
      // Alone, it takes any of the rows with the same key and event time.
      requireSame(many, { ...asof, sums: {} }, large);
      const numbers = { name: `join-100k-x3`, unit: "s", leeway: leeway.seconds };
      return [
        comparedTo(dask.seconds, numbers, "at most", 0.1),
        comparedTo(duckdb.seconds, { ...numbers, name: "join-100k-x3-duckdb" }, "at most", 0.5),
        atMost(1024, { name: "join-100k-x3-memory", unit: "MiB", leeway: peak }, dask.peakMib),
        comparedTo(asof.seconds, { name: "join-1m-x3", unit: "s", leeway: many.seconds }, "at most", 2),
      ];
    } finally {
      await server.stop();
    }
  } finally {
    await fixture.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Defines the views, and gives them a history of one file each: the rows of Feast's source. */
async function fill({ ctx, environment }: GatewayFixture, folder: string): Promise<void> {
  const artifacts = await openLocalStore(environment.ARTIFACT_DIR);
  await defineFeatureEntity(ctx, { name: "driver", joinKey: "driver_id", type: "int64" });
  const features = joinedFeatures.map((name) => ({ name, type: "float64" as const }));
  await writeJoinData(folder, async (engine, { name, ttlUs }, source) => {
    const definition = { name, entities: ["driver"], ttlUs, features, cutoff: "event" as const };
    const { definition: view } = await defineFeatureView(ctx, definition);
    const path = join(folder, "history.parquet");
    await engine.run(writeHistory(historyOf(source), ["driver_id"], path));
    const { id, upload, bytes } = await storeHistory(ctx, view.id, path, artifacts);
    const range = await rangeOf(engine, path);
    const { workspaceId } = ctx.actor;
    const file = { id, workspaceId, viewId: view.id, version: 1, artifactKey: upload.key, ...bytes, ...range };
    await ctx.db.insert(featureFiles).values(file);
  });
}

function historyOf(source: string): string {
  const values = joinedFeatures.map((name) => `${name} AS "f:${name}"`);
  return `SELECT driver_id AS "k:driver_id", epoch_us(event_timestamp) AS event, epoch_us(created) AS created,
    epoch_us(created) AS arrived, row_number() OVER () AS sequence, 3::BIGINT AS transaction, ${values.join(", ")}
    FROM read_parquet(${literal(source)})`;
}

async function rangeOf(engine: OfflineEngine, path: string) {
  const [range = []] = await engine.rows(
    `SELECT count(*), min(event), max(event), min(arrived), max(arrived) FROM read_parquet(${literal(path)})`,
  );
  const [rows = 0, minEventAt = 0, maxEventAt = 0, minArrivedAt = 0, maxArrivedAt = 0] = range.map(Number);
  const keys = { minKey: Buffer.alloc(8), maxKey: Buffer.alloc(8, 255) };
  return { rows, minEventAt, maxEventAt, minArrivedAt, maxArrivedAt, ...keys };
}

async function startServer({ environment }: GatewayFixture, folder: string) {
  const scratch = join(folder, "scratch");
  await mkdir(scratch);
  const child = spawn(process.execPath, ["e2e/load/features/join-server.ts", scratch], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout?.once("data", (chunk) => resolve(String(chunk).trim()));
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}.`)));
  });
  let peakKib = 0;
  const timer = setInterval(async () => {
    peakKib = Math.max(peakKib, await residentKib(child));
  }, 200);
  return {
    port: Number(port),
    peakMib: () => peakKib / 1024,
    stop: async () => {
      clearInterval(timer);
      await stopped(child);
    },
  };
}

/** Memory of a process and its children. Reading it takes little time, so the measurement does not slow down what it measures. */
async function residentKib({ pid }: ChildProcess): Promise<number> {
  const children = await readdir(`/proc/${pid}/task`).then(
    (tasks) => Promise.all(tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, "utf8").catch(() => ""))),
    () => [],
  );
  const pids = [String(pid), ...children.join(" ").split(/\s+/).filter(Boolean)];
  const sizes = await Promise.all(
    pids.map(async (each) => {
      const text = await readFile(`/proc/${each}/status`, "utf8").catch(() => "");
      return Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** @throws Error if two engines give different values: missing ones, and sums of the features, apart from rounding */
function requireSame(ours: Measured, theirs: Measured, rows: number): void {
  if (ours.rows !== rows) throw new Error(`Leeway answered ${ours.rows} of ${rows} rows.`);
  for (const [name, nulls] of Object.entries(theirs.nulls)) {
    if (ours.nulls[name] !== nulls) {
      throw new Error(`${ours.nulls[name]} values of ${name} are missing, and ${nulls} of the peer.`);
    }
  }
  for (const [name, sum] of Object.entries(theirs.sums)) {
    const own = ours.sums[name] ?? Number.NaN;
    if (Math.abs(own - sum) > 1e-6 * Math.abs(sum)) throw new Error(`The sums of ${name} differ: ${own} and ${sum}.`);
  }
}
