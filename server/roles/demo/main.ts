/** Entry point of `npm run demo`: Leeway on a separate folder, with real data, real models and live traffic. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { log } from "#server/base/log.ts";
import { hashPassword } from "#server/platform/identity/sign-in/password.ts";
import { firstSignInFile } from "../start/first-sign-in.ts";
import { byKeyEndpoint, ensureByKeyEndpoint } from "./by-key/by-key-endpoint.ts";
import { ensureFlightViews, ensureFreshnessSlo, ensureLagSlos } from "./by-key/flight-views.ts";
import { flyByKey } from "./by-key/fly-by-key.ts";
import { ensureTrainingSet } from "./by-key/training-set.ts";
import { cascadeEndpoint, ensureCascade, ensureUnsureLogged } from "./cascade.ts";
import type { DemoTarget } from "./client.ts";
import { ensureEndpoint } from "./deploy.ts";
import { ensureGameDay } from "./game-day.ts";
import { labelAndEvaluate } from "./labels/label-and-evaluate.ts";
import { ensureLoadTest } from "./load-test.ts";
import { ensureMoney } from "./monitoring/money.ts";
import { flyThroughTheYear } from "./monitoring/simulate-year.ts";
import { watchFlights } from "./monitoring/watch-flights.ts";
import { breakForms, ensureForms, formsEndpoint } from "./night-shift/bad-deploy.ts";
import type { Named } from "./night-shift/ensure-named.ts";
import { ensureArrivals } from "./night-shift/flight-arrivals.ts";
import { ensureObjectives } from "./night-shift/objectives.ts";
import { ensureOnCall } from "./night-shift/on-call.ts";
import { startPager } from "./night-shift/pager.ts";
import { ensurePast } from "./past/ensure-past.ts";
import { pastSpan } from "./past/past-span.ts";
import { ensurePipelines } from "./pipelines.ts";
import { ensureFlightPolicy, ensurePromotion } from "./promotion.ts";
import { type DemoName, demoNames, readRecording, readSamples } from "./recording.ts";
import { replay } from "./replay.ts";
import { runRetrainingLoop } from "./retraining/retraining-loop.ts";
import { retrainingProgram } from "./retraining/retraining-program.ts";
import { ensureRolloutEndpoint, keepRollingOut, untilTested } from "./rollouts.ts";
import { submitTasks } from "./tasks.ts";
import { sendTraffic } from "./traffic.ts";
import { localTraining } from "./training/local-training.ts";
import { trainDigits } from "./training/train-digits.ts";
import { hasPython, trainingProgram } from "./training/training-program.ts";
import { uploadFlights } from "./upload-flights.ts";

// The files of the demo are readable by its user only.
process.umask(0o077);

const { values: options } = parseArgs({
  options: {
    folder: { type: "string", default: "demo-data" },
    port: { type: "string", default: "3000" },
    "gateway-port": { type: "string", default: "8080" },
    /** Requests per second to each endpoint; 0 sends none. */
    rate: { type: "string", default: "5" },
    "label-delay-seconds": { type: "string", default: "60" },
  },
});

const account = { email: "demo@leeway.example", password: "fair-winds" };
/** Version that each endpoint starts with, and its sampling rate: labels of flights must soon have predictions to match. */
const firstVersion = { digits: 2, "flight-delay": 2 };
const captureShares = { digits: 0.2, "flight-delay": 1 };
/** Delay of flight labels: that a flight is late is known sooner than a digit is checked. */
const flightLabelSeconds = 20;
const traffic = {
  requestsPerSecond: Number(options.rate),
  labelDelaySeconds: Number(options["label-delay-seconds"]),
};
/** Requests per second by key: the rest of the demo needs the machine as well. */
const byKeyRate = 1;
/** Share of requests in which an input is missing. */
const badShare = 0.004;

const folder = resolve(options.folder);
const tokenFile = `${folder}/demo-token`;

const program = await trainingProgram();
const retraining = await retrainingProgram();
const training = localTraining(process.env, [program, retraining], { hasPython: await hasPython() });

const pager = await startPager((line) => console.log(`Pager            ${line}`));
const product = spawn(process.execPath, [fileURLToPath(new URL("../../main.ts", import.meta.url))], {
  stdio: ["inherit", "pipe", "inherit"],
  env: {
    ...process.env,
    DATA_DIR: folder,
    PORT: options.port,
    GATEWAY_PORT: options["gateway-port"],
    ADMIN_EMAIL: account.email,
    // A password that everyone knows need not be a strong one, so Leeway gets its hash.
    ADMIN_PASSWORD_HASH: await hashPassword(account.password),
    // The pager of the demo listens on this machine.
    WEBHOOK_PRIVATE_ADDRESSES: "true",
    ...training.variables,
  },
});
const stop = new AbortController();
stop.signal.addEventListener("abort", pager.close);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stop.abort();
    product.kill("SIGTERM");
  });
}
product.on("exit", (code) => {
  stop.abort();
  process.exitCode = code ?? 1;
});
product.stdout.pipe(process.stdout);

const url = `http://localhost:${options.port}`;
const gatewayUrl = `http://localhost:${options["gateway-port"]}`;
await run().catch((error: unknown) => {
  if (stop.signal.aborted) return;
  log.error("demo.failed", { cause: error });
  product.kill("SIGTERM");
  process.exitCode = 1;
});

/** Token that the first start wrote. */
function firstToken(): string {
  const token = /^MLFLOW_TRACKING_TOKEN=(\S+)$/m.exec(readFileSync(firstSignInFile(folder), "utf8"))?.[1];
  if (!token) throw new Error(`No token in ${firstSignInFile(folder)}. Create one, and write it to ${tokenFile}.`);
  return token;
}

async function run(): Promise<void> {
  while (!stop.signal.aborted && !(await isReady())) await pause(300);
  if (stop.signal.aborted) return;
  // The file of the first start is removed after the sign-in; later starts need the token too.
  if (!existsSync(tokenFile)) writeFileSync(tokenFile, firstToken(), { mode: 0o600 });
  const target: DemoTarget = { url, gatewayUrl, token: readFileSync(tokenFile, "utf8").trim() };
  const flights = prepareFlights(target);
  await Promise.all([
    // The replay of the year takes longest, so it starts before everything else is ready.
    flights.then(() => sendFlights(target)),
    retrainHere(target),
    prepareDigits(target)
      .then(() => flights)
      .then(() => prepareWatch(target))
      .then((team) =>
        Promise.all([sendDigits(target), sendByKey(target, team), labelDigits(target), trainHere(target)]),
      ),
  ]);
}

async function prepareModel(target: DemoTarget, demo: DemoName): Promise<void> {
  await replay(target, demo, await readRecording(demo), Date.now());
  if (demo === "digits") await ensurePipelines(target);
  const [version, captureShare] = [firstVersion[demo], captureShares[demo]];
  await ensureEndpoint(target, { name: demo, model: demo, version, captureShare });
}

async function prepareFlights(target: DemoTarget): Promise<void> {
  await prepareModel(target, "flight-delay");
  await ensureFlightPolicy(target);
  await watchFlights(target);
}

async function prepareDigits(target: DemoTarget): Promise<void> {
  await prepareModel(target, "digits");
  await ensureUnsureLogged(target, "digits");
  await ensureForms(target);
  await ensurePromotion(target);
}

/** Creates the on-call setup and other notification targets first; everything else follows. @returns the team on call */
async function prepareWatch(target: DemoTarget): Promise<Named> {
  const team = await ensureOnCall(target, pager, account.email);
  await ensureObjectives(target, team, [...demoNames, formsEndpoint]);
  await ensureCascade(target);
  const gameDay = await ensureGameDay(target, team);
  await ensureLoadTest(target);
  await ensureRolloutEndpoint(target);
  await uploadFlights(target);
  await ensureMoney(target, pastSpan(Date.now()).from);
  await ensureArrivals(target);
  await giveItAPast();
  console.log(`\nThe demo is live: ${url}\n  sign in as   ${account.email}\n  password     ${account.password}\n`);
  if (gameDay !== undefined) {
    console.log(`Game day         GD-${gameDay} is planned. Sign in, open it under Game days and press Start now.`);
  }
  return team;
}

/** Writes what happened before the start. It comes right before the traffic, since an endpoint with a past and without requests would page. */
async function giveItAPast(): Promise<void> {
  const { requestsPerSecond } = traffic;
  if (!(requestsPerSecond > 0)) return;
  await ensurePast({ folder, databaseUrl: process.env.DATABASE_URL, email: account.email, requestsPerSecond });
}

/** Sets up the model that gets its inputs by key, builds a training set, and sends the model flights. */
async function sendByKey(target: DemoTarget, team: Named): Promise<void> {
  await ensureFlightViews(target);
  await ensureLagSlos(target, team);
  await ensureFreshnessSlo(target, team, await ensureByKeyEndpoint(target));
  // The history comes first, so that no request finds rows of the past.
  await ensureTrainingSet(target);
  if (!(traffic.requestsPerSecond > 0)) return;
  const requestsPerSecond = Math.min(traffic.requestsPerSecond, byKeyRate);
  const labelDelaySeconds = Math.min(traffic.labelDelaySeconds, flightLabelSeconds);
  const plan = { requestsPerSecond, labelDelaySeconds, badShare, endpoint: byKeyEndpoint };
  await flyByKey(target, plan, stop.signal);
}

async function sendFlights(target: DemoTarget): Promise<void> {
  if (!(traffic.requestsPerSecond > 0)) return;
  const labelDelaySeconds = Math.min(traffic.labelDelaySeconds, flightLabelSeconds);
  const say = (month: string) => console.log(`Simulated date   ${month}`);
  const plan = { ...traffic, labelDelaySeconds, badShare, endpoint: "flight-delay" };
  await flyThroughTheYear(target, plan, say, stop.signal);
}

async function sendDigits(target: DemoTarget): Promise<void> {
  if (!(traffic.requestsPerSecond > 0)) return;
  const samples = await readSamples("digits");
  await Promise.all([
    submitTasks(target, "digits", samples, stop.signal),
    keepRollingOut(target, { samples, ...traffic }, stop.signal),
    breakForms(target, { samples, ...traffic }, stop.signal),
    // People label these; labelDigits says who.
    sendTraffic(target, { samples, ...traffic, labelDelaySeconds: null, badShare, endpoint: "digits" }, stop.signal),
    sendTraffic(target, { samples, ...traffic, badShare, endpoint: cascadeEndpoint }, stop.signal),
  ]);
}

/** Labels digits and evaluates versions after the load test, which measures latency. */
async function labelDigits(target: DemoTarget): Promise<void> {
  await untilTested(target, stop.signal);
  if (!stop.signal.aborted) await labelAndEvaluate(target, await readSamples("digits"), stop.signal);
}

/** Trains on this machine after the load test, which measures latency. */
async function trainHere(target: DemoTarget): Promise<void> {
  if (training.offBecause !== null) {
    console.log(`Training job     none: ${training.offBecause}`);
    return;
  }
  await untilTested(target, stop.signal);
  if (!stop.signal.aborted) await trainDigits(target, program);
}

/** Runs the retraining loop, from before everything else is ready: it takes a quarter of an hour. */
async function retrainHere(target: DemoTarget): Promise<void> {
  if (training.offBecause !== null) {
    console.log(`Retraining       no policy: ${training.offBecause}`);
    return;
  }
  const { requestsPerSecond } = traffic;
  if (!(requestsPerSecond > 0)) return;
  const say = (scanner: string) => console.log(`Scanner          ${scanner}`);
  await runRetrainingLoop(target, { requestsPerSecond, program: retraining, say }, stop.signal);
}

async function isReady(): Promise<boolean> {
  const roles = [url, gatewayUrl].map((base) =>
    fetch(`${base}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return (await Promise.all(roles)).every(Boolean);
}
