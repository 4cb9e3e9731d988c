import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import pg from "pg";
import { openDatabase } from "#db/client.ts";
import { systemContext } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { seededRandom, shuffled } from "#server/stats/random.ts";
import { waitFor } from "../suite/stack.ts";
import { roleProcess } from "./chaos/faults.ts";
import { atLeast, atMost, type Row } from "./report.ts";
import { startLeeway } from "./tracking/leeway-server.ts";
import { addExperiment, changeAtRandom } from "./tracking-drill/changes.ts";
import { type CrashPoint, crashPoints } from "./tracking-drill/crash-points.ts";
import { Answers } from "./tracking-drill/exchange.ts";
import { exportAgainAndAgain, type FinishedExport } from "./tracking-drill/exports.ts";
import { breakPoints, type Findings, findings } from "./tracking-drill/findings.ts";
import type { DrillFixture } from "./tracking-drill/fixture.ts";
import { Ledger } from "./tracking-drill/ledger.ts";
import { logRuns } from "./tracking-drill/logging-client.ts";
import { settle } from "./tracking-drill/settle.ts";

const experiments = 8;
const betweenKillsMs = 6_000;

/**
 * Clients log runs while runs and experiments are deleted, restored, purged, packed and exported at random, and the worker is killed by
 * SIGKILL in every step of it; then compares what is stored with what was accepted. Lasts `--minutes 10`, and up to `--extra 10` more until each
 * crash point had a kill. `--seed 16` draws the changes, `--clients 5` log at the same time, `--break` deletes stored points before the
 * comparison, so that the drill fails.
 */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: "string", default: "10" },
      extra: { type: "string", default: "10" },
      seed: { type: "string", default: "16" },
      clients: { type: "string", default: "5" },
      break: { type: "boolean", default: false },
    },
  });
  const [seed, clients] = [Number(values.seed), Number(values.clients)];
  await using opened = new AsyncDisposableStack();
  const leeway = await startLeeway();
  opened.defer(() => leeway.stop());
  const { db, pool } = openDatabase(leeway.databaseUrl, { max: 4, name: "drill" });
  opened.defer(() => pool.end());
  const observer = new pg.Client({ connectionString: leeway.databaseUrl, application_name: "drill-observer" });
  await observer.connect();
  opened.defer(() => observer.end());
  const { rows } = await observer.query<{ id: string }>("select id from workspaces");
  const workspaceId = rows[0]?.id ?? "";
  const violations: string[] = [];
  const { stack } = leeway;
  const fixture: DrillFixture = {
    target: { url: stack.url, gatewayUrl: stack.gatewayUrl, token: stack.environment.LEEWAY_TOKEN ?? "" },
    workspaceId,
    databaseUrl: leeway.databaseUrl,
    observer,
    ledger: new Ledger(),
    answers: new Answers(),
    random: seededRandom(seed),
    enqueue: (kind) => enqueue(systemContext(db, workspaceId, "drill"), kind, {} as never),
    killWorker: async () => void process.kill(await roleProcess(stack.process.pid ?? 0, "worker"), "SIGKILL"),
    // On a busy machine, a worker needs more than a minute to start.
    untilWorker: () => waitFor(() => isOk(`${stack.workerUrl}/health/ready`), 300_000),
    wrong: (words) => {
      console.log(`WRONG: ${words}`);
      violations.push(words);
    },
  };
  for (let count = 0; count < experiments; count += 1) await addExperiment(fixture);
  const endsAt = Date.now() + Number(values.minutes) * minuteMs;
  const plan = { clients, seed, endsAt, mustEndAt: endsAt + Number(values.extra) * minuteMs };
  const { kills, exported } = await runLoad(fixture, plan);
  console.log("the load has ended; the worker finishes what it left");
  await settle(fixture);
  if (values.break) await breakPoints(fixture);
  const found = await findings(fixture, { db, exported, artifactFolder: `${stack.dataFolder}/artifacts` });
  for (const words of [...violations, ...found.words, ...fixture.answers.failed].slice(0, 50)) console.log(words);
  return rowsOf(fixture, { ...found, violations: violations.length, kills });
}

interface LoadPlan {
  clients: number;
  seed: number;
  /** Milliseconds since 1970: with a kill at each crash point, and without. */
  endsAt: number;
  mustEndAt: number;
}

/** Logs, changes, exports and kills until the end. @returns kills by crash point, and the exports */
async function runLoad(
  fixture: DrillFixture,
  { clients, seed, ...times }: LoadPlan,
): Promise<{ kills: Map<string, number>; exported: FinishedExport[] }> {
  const [stop, stopExports] = [new AbortController(), new AbortController()];
  const { target, ledger, answers, wrong } = fixture;
  const { signal } = stop;
  const logging = Array.from({ length: clients }, (_, index) =>
    logRuns({ target, ledger, answers, random: seededRandom(seed + 1 + index), signal, onWrong: wrong }),
  );
  const changing = [changeAtRandom(fixture, signal), changeAtRandom(fixture, signal)];
  const exporting = exportAgainAndAgain(fixture, stopExports.signal);
  const kills = new Map(crashPoints.map(({ name }) => [name, 0]));
  const loads = Promise.all([...logging, ...changing]);
  // Without all of its load, the drill says nothing.
  const failure = Promise.all([loads, exporting]).then(() => new Promise<never>(() => {}));
  failure.catch(() => {});
  await pause(10_000);
  await Promise.race([failure, killAll(fixture, kills, times)]);
  stopExports.abort();
  stop.abort();
  await loads;
  return { kills, exported: await exporting };
}

/** Kills the worker at each crash point in a random order, again and again until the end; those that it was not caught at come first. */
async function killAll(
  fixture: DrillFixture,
  kills: Map<string, number>,
  { endsAt, mustEndAt }: Pick<LoadPlan, "endsAt" | "mustEndAt">,
): Promise<void> {
  const isOver = () => {
    const isComplete = [...kills.values()].every((count) => count > 0);
    return Date.now() > mustEndAt || (isComplete && Date.now() > endsAt);
  };
  while (!isOver()) {
    const order = shuffled(crashPoints.length, fixture.random).map((index) => crashPoints[index] as CrashPoint);
    const minKills = Math.min(...kills.values());
    for (const point of order.filter(({ name }) => kills.get(name) === minKills)) {
      if (isOver()) return;
      const isCaught = await point.kill(fixture);
      if (isCaught) kills.set(point.name, (kills.get(point.name) ?? 0) + 1);
      const { runs, experiments } = fixture.ledger;
      console.log(
        `${isCaught ? "kill -9" : "not caught"}: ${point.name} (${runs.length} runs, ${experiments.length} experiments, ${fixture.answers.requests} requests, ${fixture.answers.failed.length} failed)`,
      );
      await fixture.enqueue("purge-trash");
      await fixture.enqueue("collect-artifacts");
      await pause(1_000);
      // The next kill may come while the worker starts.
      if (fixture.random() < 0.5) continue;
      await fixture.untilWorker();
      await pause(betweenKillsMs * (0.5 + fixture.random()));
    }
  }
}

function rowsOf(
  { answers, ledger }: DrillFixture,
  found: Findings & { violations: number; kills: ReadonlyMap<string, number> },
): Row[] {
  console.table(Object.fromEntries(found.kills));
  console.table(Object.fromEntries(answers.refused));
  console.table(found.counts);
  const none = (name: string, leeway: number, unit = "") => atMost(0, { name, unit, leeway });
  const { points } = found;
  return [
    atLeast(1, { name: "points-accepted", unit: "points", leeway: points.accepted }),
    none("points-lost", points.lost, "points"),
    none("points-doubled", points.doubled, "points"),
    none("points-different", points.different, "points"),
    none("points-never-accepted", points.surplus, "points"),
    none("files-lost", found.filesLost, "files"),
    atLeast(1, { name: "runs-purged", unit: "runs", leeway: found.runsPurged }),
    none("left-of-purged", found.left),
    none("violations", found.violations),
    none("failed-requests", answers.failed.length, "requests"),
    none("deadlocks-reported", answers.deadlocks),
    atLeast(1, { name: "exports-completed", unit: "exports", leeway: found.exportsCompleted }),
    none("exports-incomplete", found.exportsIncomplete, "exports"),
    none("import-different", found.importDifferent, "points"),
    none("crash-points-without-kill", [...found.kills.values()].filter((count) => count === 0).length),
    atLeast(1, { name: "kills", unit: "", leeway: [...found.kills.values()].reduce((sum, count) => sum + count, 0) }),
    atLeast(1, { name: "runs-never-purged", unit: "runs", leeway: ledger.runs.length - found.runsPurged }),
  ];
}

function isOk(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(3_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
