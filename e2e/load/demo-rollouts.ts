import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { configureLog } from "#server/base/log.ts";
import { type DemoTarget, send } from "#server/roles/demo/client.ts";
import { ensureEndpoint, untilServable } from "#server/roles/demo/deploy.ts";
import { releases } from "#server/roles/demo/next-release.ts";
import { ensurePipelines } from "#server/roles/demo/pipelines.ts";
import { readRecording, readSamples, type Sample } from "#server/roles/demo/recording.ts";
import { replay } from "#server/roles/demo/replay.ts";
import { rolloutPlan } from "#server/roles/demo/rollouts.ts";
import { sendTraffic } from "#server/roles/demo/traffic.ts";
import { startStack } from "../suite/stack.ts";
import { atLeast, type Row } from "./report.ts";
import { readDecisions, type SeenRollout } from "./rollout/program.ts";

const model = "digits";
/** The demo's traffic of an endpoint with rollouts. */
const requestsPerSecond = 10;
const labelDelaySeconds = 30;
const badShare = 0.004;
/** Traffic before the first rollout, from which its threshold of slow responses follows. */
const recordSeconds = 40;
const minRecordSeconds = 15;
const lookMs = 2_000;
/** A rollout that takes longer has not been decided. */
const limitMs = 25 * 60_000;

type Release = "int8" | "wrongNormalisation" | "shortTable";

const expected: Record<Release, SeenRollout["phase"]> = {
  int8: "promoted",
  wrongNormalisation: "rolled-back",
  shortTable: "rolled-back",
};

interface Try {
  release: Release;
  ended: string;
  words: string;
}

/**
 * Starts the demo's rollouts again and again while other processes keep the machine busy: the version in int8, which predicts alike, must be
 * promoted, and the two faulty ones must be rolled back, every time. `-- demo-rollouts --tries 20 --load 10` takes about an hour and a half;
 * `--endpoints` of them are tried side by side; `--pace 6` makes traffic and steps six times as fast.
 */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      tries: { type: "string", default: "20" },
      load: { type: "string", default: "10" },
      endpoints: { type: "string", default: "4" },
      pace: { type: "string", default: "1" },
    },
  });
  const [tries, load, endpoints, pace] = [values.tries, values.load, values.endpoints, values.pace].map(Number);
  if (!(tries && endpoints && pace) || load === undefined) throw new Error("Options must be numbers above 0.");
  configureLog({ role: "bench", level: "warn" });
  await using stack = await startStack();
  const target: DemoTarget = {
    url: stack.url,
    gatewayUrl: stack.gatewayUrl,
    token: stack.environment.LEEWAY_TOKEN ?? "",
  };
  await replay(target, model, await readRecording(model), Date.now());
  await ensurePipelines(target);
  for (const version of Object.values(releases)) await untilServable(target, model, version);
  const queue = Array.from({ length: tries }, () => Object.keys(expected) as Release[]).flat();
  const samples = await readSamples(model);
  using _busy = keepBusy(load);
  const found = await Promise.all(
    Array.from({ length: Math.min(endpoints, queue.length) }, (_, at) =>
      tryInTurn(target, `rollouts-${at + 1}`, { queue, samples, pace }),
    ),
  );
  return rowsOf(found.flat(), tries);
}

/** Keeps so many processes computing until it is disposed of. */
function keepBusy(count: number): Disposable {
  const busy = Array.from({ length: count }, () =>
    spawn(process.execPath, ["-e", "for (;;) Math.sqrt(Math.random());"], { stdio: "ignore" }),
  );
  return { [Symbol.dispose]: () => busy.forEach((child) => void child.kill("SIGKILL")) };
}

interface Work {
  /** Releases that are still to be tried, of all endpoints. */
  queue: Release[];
  samples: Sample[];
  pace: number;
}

async function tryInTurn(target: DemoTarget, endpoint: string, { queue, samples, pace }: Work): Promise<Try[]> {
  await ensureEndpoint(target, { name: endpoint, model, version: releases.float32, captureShare: 0.5 });
  const stop = new AbortController();
  const plan = {
    endpoint,
    samples,
    requestsPerSecond: requestsPerSecond * pace,
    labelDelaySeconds: labelDelaySeconds / pace,
    badShare,
  };
  const traffic = sendTraffic(target, plan, stop.signal);
  const found: Try[] = [];
  try {
    await pause(1000 * Math.max(minRecordSeconds, recordSeconds / pace));
    for (let release = queue.shift(); release; release = queue.shift()) {
      const one = await tryOnce(target, endpoint, release, pace);
      console.log(`${endpoint}: ${release} ${one.ended}. ${one.words}`);
      found.push(one);
      if (one.ended === "promoted") await serveAgain(target, endpoint);
    }
  } finally {
    stop.abort();
    await traffic;
  }
  return found;
}

async function tryOnce(target: DemoTarget, endpoint: string, release: Release, pace: number): Promise<Try> {
  const rollouts = `${target.url}/api/v1/rollouts`;
  const input = {
    endpoint,
    version: releases[release],
    plan: paced(pace),
    reason: "Tried on a busy machine",
    // The try before has left the version blocked.
    overridesBlock: true,
  };
  const { id } = await send<SeenRollout>(target, "POST", rollouts, input);
  let reported = "";
  for (const endsAt = Date.now() + limitMs; ; await pause(lookMs)) {
    const { phase, revision, hold } = await send<SeenRollout>(target, "GET", `${rollouts}/${id}`);
    const words = (await readDecisions(target, id)).at(-1)?.words ?? "";
    if (phase === "promoted" || phase === "rolled-back") return { release, ended: phase, words };
    if (hold && hold.code !== reported) console.log(`${endpoint}: ${release}, ${hold.words}`);
    reported = hold?.code ?? "";
    if (Date.now() < endsAt) continue;
    await send(target, "POST", `${rollouts}/${id}/rollback`, { reason: "Not decided in time", revision });
    return { release, ended: `undecided (${phase})`, words: hold?.words ?? words };
  }
}

/** Returns the demo's plan with steps that are shorter by a factor. */
function paced(pace: number): typeof rolloutPlan {
  const shorter = (seconds: number) => Math.max(1, Math.round(seconds / pace));
  return {
    ...rolloutPlan,
    steps: rolloutPlan.steps.map((step) => ({ ...step, minSeconds: shorter(step.minSeconds) })),
    watch: { ...rolloutPlan.watch, seconds: shorter(rolloutPlan.watch.seconds) },
  };
}

/** Deploys the version that all tries begin with. */
async function serveAgain(target: DemoTarget, endpoint: string): Promise<void> {
  const deployment = { model, version: releases.float32, reason: "The next try begins with it" };
  await send(target, "POST", `${target.url}/api/v1/endpoints/${endpoint}/deployments`, deployment);
}

function rowsOf(found: readonly Try[], tries: number): Row[] {
  return (Object.keys(expected) as Release[]).map((release) => {
    const right = found.filter((one) => one.release === release && one.ended === expected[release]).length;
    return atLeast(tries, { name: `${release} ${expected[release]}`, unit: `of ${tries}`, leeway: right });
  });
}
