import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { eq } from "drizzle-orm";
import { type Database, openDatabase } from "#db/client.ts";
import { startEmbeddedPostgres } from "#db/embedded.ts";
import { featureArrivals, featureLatest, workspaces } from "#db/schema/index.ts";
import { minuteMs } from "#server/base/durations.ts";
import { loadDefinitions } from "#server/develop/features/definitions/definitions.ts";
import { layoutOf } from "#server/develop/features/definitions/view-features.ts";
import { seededRandom } from "#server/stats/random.ts";
import { startStack } from "../suite/stack.ts";
import {
  type FoundRow,
  type Ledger,
  lookUp,
  push,
  splitByCreated,
  type Target,
  viewName,
  watch,
} from "./feature-drill/clients.ts";
import { killInTurn } from "./feature-drill/kills.ts";
import { newestRows, type PlannedRow, planPushes } from "./feature-drill/plan.ts";
import { atLeast, atMost, type Row } from "./report.ts";

/**
 * Pushes rows out of order from many clients, each until it is acknowledged, while gateway, web, worker and Postgres are killed by SIGKILL
 * in turns; then compares what is stored with what was acknowledged. `--pushes 10000 --clients 500 --minutes 4 --seed 18`; `--break` deletes
 * rows before the comparison, so that the drill fails.
 */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({
    allowPositionals: true,
    options: {
      pushes: { type: "string", default: "10000" },
      clients: { type: "string", default: "500" },
      minutes: { type: "string", default: "4" },
      seed: { type: "string", default: "18" },
      break: { type: "boolean", default: false },
    },
  });
  const [count, clients, seed] = [Number(values.pushes), Number(values.clients), Number(values.seed)];
  await using opened = new AsyncDisposableStack();
  // Outside Leeway's supervision, so that the drill decides when it returns.
  const folder = await mkdtemp(join(tmpdir(), "leeway-drill-"));
  await chmod(folder, 0o755);
  const place = { dataFolder: join(folder, "postgres"), logFile: join(folder, "postgres.log") };
  const postgres = { ...place, running: await startEmbeddedPostgres(place) };
  opened.defer(async () => {
    await postgres.running.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const stack = await startStack({ DATABASE_URL: postgres.running.url, GATEWAY_PROCESSES: "1" });
  opened.defer(() => stack[Symbol.asyncDispose]());
  const { url, gatewayUrl, workerUrl } = stack;
  const target: Target = { url, gatewayUrl, token: stack.environment.LEEWAY_TOKEN ?? "" };
  await define(target);

  const pushes = planPushes(count, seed, Date.now() * 1000);
  const ledger: Ledger = { acknowledged: new Set(), attempts: new Map(), lookUps: 0, unanswered: 0, wrong: [] };
  const [pushed, stop] = [new AbortController(), new AbortController()];
  const kills = killInTurn({
    supervisor: stack.process.pid ?? 0,
    healthUrls: {
      gateway: `${gatewayUrl}/health/ready`,
      web: `${url}/health/ready`,
      worker: `${workerUrl}/health/ready`,
    },
    postgres,
    random: seededRandom(seed + 1),
    signal: pushed.signal,
  });
  const watching = [gatewayUrl, url].map((base, index) =>
    watch(target, base, { ledger, random: seededRandom(seed + 2 + index), signal: stop.signal }),
  );
  const meanPauseMs = (Number(values.minutes) * minuteMs * clients) / count;
  const queue = [...pushes];
  const pushing = Array.from({ length: clients }, async (_, index) => {
    const random = seededRandom(seed * 1_000 + index);
    await pause(random() * meanPauseMs);
    for (let rows = queue.pop(); rows; rows = queue.pop()) {
      for (const part of splitByCreated(rows)) await push(target, part, { ledger, random });
      await pause(2 * random() * meanPauseMs);
    }
  });
  // A failure of one ends the drill.
  await Promise.race([Promise.all(pushing), kills]);
  pushed.abort();
  const killed = await kills;
  stop.abort();
  await Promise.all(watching);

  const { db, close } = openDatabase(postgres.running.url, { max: 1, name: "drill" });
  opened.defer(close);
  if (values.break) await breakRows(db);
  const found = await compare(db, target, pushes, ledger);
  console.table(Object.fromEntries(ledger.attempts));
  console.table({ lookUps: ledger.lookUps, unanswered: ledger.unanswered, arrivals: found.arrivals });
  for (const words of [...ledger.wrong, ...found.words].slice(0, 40)) console.log(words);
  const none = (name: string, leeway: number, unit = "rows") => atMost(0, { name, unit, leeway });
  return [
    atLeast(count, { name: "pushes", unit: "pushes", leeway: pushes.length - queue.length }),
    atLeast(pushes.flat().length, { name: "rows-acknowledged", unit: "rows", leeway: ledger.acknowledged.size }),
    none("acknowledged-rows-lost", found.lost),
    none("rows-never-pushed", found.surplus),
    none("newest-value-different", found.different, "keys"),
    none("violations", ledger.wrong.length, ""),
    ...[...killed].map(([victim, leeway]) => atLeast(3, { name: `kills-${victim}`, unit: "kills", leeway })),
  ];
}

async function define({ url, token }: Target): Promise<void> {
  const put = async (path: string, body: object) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  await put("/feature-entities/driver", { joinKey: "driver_id", type: "int64" });
  await put(`/feature-sources/${viewName}`, { kind: "push", createdTimeColumn: "created" });
  await put(`/feature-views/${viewName}`, {
    entities: ["driver"],
    source: viewName,
    features: [{ name: "id", type: "int64" }],
  });
}

interface Comparison {
  arrivals: number;
  lost: number;
  surplus: number;
  different: number;
  words: string[];
}

/** Compares history and newest rows, in Postgres and as both roles look them up, with what was acknowledged. */
async function compare(
  db: Database,
  target: Target,
  pushes: readonly PlannedRow[][],
  ledger: Ledger,
): Promise<Comparison> {
  const [workspace] = await db.select({ id: workspaces.id }).from(workspaces);
  const view = (await loadDefinitions(db, workspace?.id ?? "")).views.get(viewName);
  if (!view) throw new Error("The view is gone.");
  const read = layoutOf(view.current).reader("id", "int64");
  const idOf = (packed: Buffer) => Number(read(packed));
  const arrived = await db
    .select({ packed: featureArrivals.packed })
    .from(featureArrivals)
    .where(eq(featureArrivals.viewNumber, view.number));
  const stored = new Set(arrived.map(({ packed }) => idOf(packed)));
  const planned = new Set(pushes.flat().map(({ id }) => id));
  const lost = [...ledger.acknowledged].filter((id) => !stored.has(id));
  const surplus = [...stored].filter((id) => !planned.has(id));
  const latest = await db
    .select({ packed: featureLatest.packed })
    .from(featureLatest)
    .where(eq(featureLatest.viewNumber, view.number));
  const latestIds = new Set(latest.map(({ packed }) => idOf(packed)));
  // Longer than any copy is believed.
  await pause(2_000);
  const newest = [...newestRows(pushes).values()];
  const keys = newest.map(({ key }) => key);
  const looked = await Promise.all([target.gatewayUrl, target.url].map((base) => lookUp(target, base, keys, ledger)));
  const isRight = (found: Map<number, FoundRow> | undefined, { key, id, eventAt }: PlannedRow) =>
    found?.get(key)?.id === id && found.get(key)?.eventAt === eventAt;
  const different = newest.filter((row) => !latestIds.has(row.id) || !looked.every((found) => isRight(found, row)));
  const words = [
    ...lost.map((id) => `Row ${id} was acknowledged and is in no history.`),
    ...different.map(({ key, id }) => `Key ${key} has not row ${id}, which is the newest.`),
  ];
  return {
    arrivals: arrived.length,
    lost: lost.length,
    surplus: surplus.length,
    different: different.length + Math.abs(latest.length - newest.length),
    words,
  };
}

async function breakRows(db: Database): Promise<void> {
  await db.execute("delete from feature_latest where ctid in (select ctid from feature_latest limit 3)");
  await db.execute(
    "delete from feature_arrivals where (view_number, sequence) in (select view_number, sequence from feature_arrivals limit 3)",
  );
}
