import { spawn } from "node:child_process";
import { getPriority, setPriority } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import { waitFor } from "../suite/stack.ts";
import { cpuSeconds } from "./gateway/process-tree.ts";
import { type RunningGateway, startGatewayProcess } from "./gateway.ts";
import { deploy } from "./gateway-fixture.ts";
import type { Row } from "./report.ts";
import { type Compared, type Phase, rowsOf } from "./tenants/compared-phases.ts";
import { deployHangingModels } from "./tenants/hanging-models.ts";
import { isOk, type Measured, measure } from "./tenants/measure.ts";
import { openSecondWorkspace, type Tenant } from "./tenants/second-workspace.ts";
import {
  slowModel,
  slowName,
  slowRequest,
  slowSignature,
  slowTimeoutMs,
  startSlowLoad,
} from "./tenants/slow-tenant.ts";

/** Time after which a version counts as not loaded. */
const loadLimitMs = 60_000;
const quietMs = 2_000;

interface Drill {
  gateway: RunningGateway;
  other: Tenant;
  seconds: number;
  slowBody: Buffer;
  /** Number of the version that is deployed next. */
  nextVersion: number;
  /** Seconds of the other tenant's first run, by phase. */
  runSeconds: number[];
}

/**
 * Measures a workspace with a small model under a steady load, alone, beside another workspace whose models hang in their loading, and
 * beside another one that fills its queues of requests and tasks for a model that runs 10 s. The phases alternate for `--rounds 5`, with
 * `--seconds 10` each, and the medians of the ratios to the phases alone just before and after decide. A process outside Leeway that uses
 * one core, as a run does, shows what the machine itself costs.
 */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { rounds: { type: "string", default: "5" }, seconds: { type: "string", default: "10" } },
  });
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  if (!(rounds >= 1 && seconds >= 1)) throw new Error("--rounds and --seconds must be at least 1.");
  const slowBody = await slowRequest();
  const gateway = await startGatewayProcess({ LOG_LEVEL: "silent" });
  try {
    const other = await openSecondWorkspace(gateway.fixture.ctx);
    await gateway.serve("small", mlpModel([4, 16, 3]), mlpSignature);
    await gateway.serve("late", mlpModel([4, 8, 3]), mlpSignature);
    await deploy(other.ctx, gateway.fixture.environment.ARTIFACT_DIR, {
      name: slowName,
      model: slowModel,
      signature: slowSignature,
      execution: { timeoutMs: slowTimeoutMs, runLimitMs: 300_000 },
    });
    await waitFor(() => isOk(`${gateway.url}/v2/models/${slowName}/ready`, other.headers), loadLimitMs);
    const drill: Drill = { gateway, other, seconds, slowBody, nextVersion: 2, runSeconds: [] };
    // Until the version is trusted, and the code is compiled.
    await measureTenant(drill, 5);
    const compared: Compared[] = [];
    let before = await alone(drill);
    for (let round = 0; round < rounds; round += 1) {
      for (const measureBeside of [besideHanging, besideSlow, besideBusy]) {
        const beside = await measureBeside(drill, round);
        const after = await alone(drill);
        compared.push({ before, beside, after });
        console.table([before, beside, after]);
        before = after;
      }
    }
    return rowsOf(compared, drill.runSeconds);
  } finally {
    await gateway.stop();
  }
}

/** Measures the tenant for some seconds, and then how long it takes to load another version of its other model. */
async function measureTenant(drill: Drill, seconds: number): Promise<Measured & { loadMs: number }> {
  const { fixture, url: gatewayUrl } = drill.gateway;
  const { headers } = fixture;
  const measured = await measure({ gatewayUrl, endpoint: "small", headers }, seconds);
  const version = drill.nextVersion++;
  const startedAt = performance.now();
  const model = mlpModel([4, 8, 3], { metadata: { build: String(version) } });
  await fixture.redeploy({ name: "late", model, signature: mlpSignature }, version);
  const address = `${gatewayUrl}/v2/models/late/versions/${version}/ready`;
  while (!(await isOk(address, headers)) && performance.now() - startedAt < loadLimitMs) await pause(20);
  return { ...measured, loadMs: performance.now() - startedAt };
}

async function alone(drill: Drill): Promise<Phase> {
  await untilQuiet(drill.gateway);
  return { phase: "alone", ...(await measureTenant(drill, drill.seconds)), neighbour: 0 };
}

async function besideHanging(drill: Drill, round: number): Promise<Phase> {
  const { gateway, other: tenant, seconds } = drill;
  const artifacts = gateway.fixture.environment.ARTIFACT_DIR;
  const hanging = await deployHangingModels({ tenant, artifacts, gatewayUrl: gateway.url }, round);
  try {
    const measured = await measureTenant(drill, seconds);
    return { phase: "hanging", ...measured, neighbour: await hanging.loading() };
  } finally {
    await hanging.remove();
  }
}

async function besideSlow(drill: Drill): Promise<Phase> {
  const { gateway, other, seconds, slowBody } = drill;
  const slow = await startSlowLoad(gateway.url, other, slowBody);
  try {
    const measured = await measureTenant(drill, seconds);
    const neighbour = slow.inFlight() + slow.tasks;
    drill.runSeconds.push((await slow.firstMs()) / 1000);
    return { phase: "slow", ...measured, neighbour };
  } finally {
    await slow.stop();
  }
}

async function besideBusy(drill: Drill): Promise<Phase> {
  const busy = spawn(process.execPath, ["--eval", "for (;;);"], { stdio: "ignore" });
  try {
    // As low as that of a thread that runs a model.
    if (busy.pid) setPriority(busy.pid, Math.min(19, getPriority() + 5));
    return { phase: "busy", ...(await measureTenant(drill, drill.seconds)), neighbour: 0 };
  } finally {
    busy.kill("SIGKILL");
  }
}

/** Waits until the gateway uses little of a core, at most two minutes: runs and tasks of the phase before have ended. */
async function untilQuiet({ pid }: RunningGateway): Promise<void> {
  await waitFor(async () => {
    const before = cpuSeconds(pid);
    await pause(quietMs);
    return cpuSeconds(pid) - before < 0.15 * (quietMs / 1000);
  }, 120_000);
}
