/**
 * Kills every role with SIGKILL and takes Postgres away, while training scripts log and callers ask for predictions; then counts
 * what was lost. `--outage 60` seconds without Postgres, `--freeze 20` seconds with one that hangs, `--kills 3` of each role.
 */
import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "#db/embedded.ts";
import { type DemoTarget, mlflow } from "#server/roles/demo/client.ts";
import { ensureEndpoint } from "#server/roles/demo/deploy.ts";
import { readRecording, readSamples } from "#server/roles/demo/recording.ts";
import { replay } from "#server/roles/demo/replay.ts";
import { startStack } from "../../suite/stack.ts";
import { freeze, roleProcess, untilOk } from "./faults.ts";
import { caller } from "./inference-load.ts";
import { type Phase, report } from "./report.ts";
import { trainingScript } from "./tracking-load.ts";
import { lostTelemetry, verifyWrites } from "./verify.ts";

const { values } = parseArgs({
  options: {
    outage: { type: "string", default: "60" },
    freeze: { type: "string", default: "20" },
    kills: { type: "string", default: "3" },
    scripts: { type: "string", default: "4" },
    callers: { type: "string", default: "4" },
  },
});
const [outageSeconds, freezeSeconds] = [Number(values.outage), Number(values.freeze)];
const roles = ["web", "gateway", "worker"] as const;

// Outside Leeway's data folder and supervision, so that it stays down for as long as the test needs.
const folder = await mkdtemp(join(tmpdir(), "leeway-chaos-"));
await chmod(folder, 0o755);
const index = { dataFolder: join(folder, "postgres"), logFile: join(folder, "postgres.log") };
let postgres = await startEmbeddedPostgres(index);
try {
  const workerPort = 20_000 + Math.floor(Math.random() * 10_000);
  await using stack = await startStack({ DATABASE_URL: postgres.url, WORKER_PORT: String(workerPort) });
  const target: DemoTarget = {
    url: stack.url,
    gatewayUrl: stack.gatewayUrl,
    token: stack.environment.LEEWAY_TOKEN ?? "",
  };
  const addresses = { web: stack.url, gateway: stack.gatewayUrl, worker: `http://127.0.0.1:${workerPort}` };
  await replay(target, "digits", await readRecording("digits"), Date.now());
  await ensureEndpoint(target, { name: "digits", model: "digits", version: 2, captureShare: 0 });
  await untilOk(`${stack.gatewayUrl}/health/ready`);
  const { experiment_id } = await mlflow<{ experiment_id: string }>(target, "experiments/create", {
    name: `chaos-${randomUUID()}`,
  });
  await pause(2_000);

  const stop = new AbortController();
  let acknowledgements = 0;
  const acknowledged = () => {
    acknowledgements += 1;
  };
  const samples = await readSamples("digits");
  const scripts = Array.from({ length: Number(values.scripts) }, () =>
    trainingScript(target, experiment_id, stop.signal, acknowledged),
  );
  const callers = Array.from({ length: Number(values.callers) }, () => caller(target, samples, stop.signal));
  const phases: Phase[] = [];
  const phase = async (name: string, fault: () => Promise<number | undefined>): Promise<void> => {
    const from = Date.now();
    const recoveryMs = await fault();
    // The time right after the recovery still belongs to the fault.
    await pause(3_000);
    phases.push({ name, from, to: Date.now(), recoveryMs });
    console.log(`${name}: ${recoveryMs === undefined ? "" : `back after ${recoveryMs} ms`}`);
  };
  const isStoring = async (): Promise<void> => {
    for (const before = acknowledgements; acknowledgements === before; ) await pause(20);
  };

  await phase("nothing is wrong", async () => void (await pause(5_000)));
  for (const role of roles) {
    for (let kill = 1; kill <= Number(values.kills); kill++) {
      await phase(`kill -9 ${role}`, async () => {
        process.kill(await roleProcess(stack.process.pid ?? 0, role), "SIGKILL");
        return untilOk(`${addresses[role]}/health/ready`);
      });
    }
  }
  await phase(`Postgres stopped for ${outageSeconds} s`, async () => {
    await postgres.stop();
    await pause(outageSeconds * 1000);
    postgres = await startEmbeddedPostgres({ ...index, port: postgres.port });
    const startedAt = Date.now();
    await isStoring();
    return Date.now() - startedAt;
  });
  await phase(`Postgres frozen for ${freezeSeconds} s`, async () => {
    const thaw = await freeze(postgres.pid);
    await pause(freezeSeconds * 1000);
    thaw();
    const startedAt = Date.now();
    await isStoring();
    return Date.now() - startedAt;
  });
  await phase("nothing is wrong again", async () => void (await pause(5_000)));

  stop.abort();
  const received = await Promise.all(scripts);
  const predictions = (await Promise.all(callers)).flat();
  // Two windows and two flushes later, everything the gateway counted is in Postgres.
  await pause(30_000);
  process.exitCode = report({
    phases,
    predictions,
    acknowledgements,
    writes: await Promise.all(received.map((one) => verifyWrites(target, one))),
    telemetry: await lostTelemetry(target, predictions),
  })
    ? 0
    : 1;
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
