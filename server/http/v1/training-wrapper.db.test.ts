import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { readdir, readFile, rename, truncate, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { and, eq, isNull } from "drizzle-orm";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, expect, test } from "vitest";
import { apiTokens, trainingAttempts, trainingCheckpoints, trainingJobs } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { causeOfEnd } from "#server/improve/training/attempts/cause-of-end.ts";
import { joinLaunch } from "#server/improve/training/attempts/join-launch.ts";
import { startLaunch } from "#server/improve/training/attempts/start-launch.ts";
import type { JobSpec } from "#server/improve/training/contract.ts";
import { stopJob } from "#server/improve/training/jobs/stop-job.ts";
import { downloadLog } from "#server/improve/training/log/queries.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { seededRandom } from "#server/stats/random.ts";
import {
  launchTrainingJob,
  newStoredJob,
  startTrainingJob,
} from "#server/testing/fixtures/training/wrapper-testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { v1Plugin } from "./plugin.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = mkdtempSync(join(tmpdir(), "leeway-wrapper-"));
const artifacts = await openLocalStore(join(folder, "store"));
const wrapper = fileURLToPath(new URL("../../improve/training/wrapper/leeway_run.py", import.meta.url));
const processes = new Set<ChildProcess>();
const servers = new Set<FastifyInstance>();
afterAll(async () => {
  for (const each of processes) each.kill("SIGKILL");
  await Promise.all([...servers].map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** Opens the real routes on a port. @param port of a server that was closed; 0 for any */
async function openServer(port = 0, maxUploadBytes = 2 ** 30) {
  const app = Fastify({ forceCloseConnections: true, bodyLimit: 2 ** 22 });
  const config = {
    publicUrl: "http://leeway.test",
    maxUploadBytes,
    notifications: { rules: {} },
    engines: {},
  };
  const authenticate = () => Promise.reject(new Error("Nobody is signed in."));
  const deps = { config, db, artifacts, authenticate } as unknown as WebDependencies;
  await app.register((scope) => v1Plugin(scope, deps), { prefix: "/api/v1" });
  await app.listen({ port, host: "127.0.0.1" });
  servers.add(app);
  const own = (app.server.address() as AddressInfo).port;
  const close = async () => {
    servers.delete(app);
    await app.close();
  };
  return { port: own, url: `http://127.0.0.1:${own}`, close };
}
const main = await openServer();

/** Starts the wrapper of the next launch of a job, as an engine does. */
async function launch(ctx: Context, jobId: string, environment: Record<string, string> = {}, url = main.url) {
  return startWrapper(await launchTrainingJob(ctx, jobId), environment, url);
}

/** Starts the wrapper of a launch, on one of its machines. */
function startWrapper(
  { launchId, token }: Awaited<ReturnType<typeof launchTrainingJob>>,
  environment: Record<string, string> = {},
  url = main.url,
) {
  const state = mkdtempSync(join(folder, "machine-"));
  const child: ChildProcess = spawn("python3", [wrapper], {
    cwd: state,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      HOME: state,
      TMPDIR: state,
      LEEWAY_URL: url,
      LEEWAY_LAUNCH: launchId,
      LEEWAY_LAUNCH_TOKEN: token,
      LEEWAY_STATE_DIR: join(state, "state"),
      ...environment,
    },
  });
  processes.add(child);
  let output = "";
  child.stdout?.on("data", (data) => {
    output += data;
  });
  child.stderr?.on("data", (data) => {
    output += data;
  });
  const ended = once(child, "exit").then(([code]) => code as number | null);
  return { child, ended, state, output: () => output };
}

const newJob = async (script: string, spec: Partial<JobSpec> = {}) => {
  const ctx = await newWorkspace(db);
  const command = ["python3", "-c", script];
  return { ctx, jobId: await newStoredJob(ctx, artifacts, { command, ...spec }) };
};

const attemptOf = async (jobId: string, number = 1) => {
  const ofNumber = and(eq(trainingAttempts.jobId, jobId), eq(trainingAttempts.number, number));
  const [attempt] = await db.select().from(trainingAttempts).where(ofNumber);
  return attempt;
};

async function logOf(ctx: Context, jobId: string, attempt = 1): Promise<Buffer> {
  const { content } = await downloadLog(ctx, jobId, attempt);
  return buffer(Readable.from(content));
}

async function until<Value>(read: () => Promise<Value | undefined | false>): Promise<Value> {
  const deadline = AbortSignal.timeout(60_000);
  for (;;) {
    const value = await read();
    if (value) return value;
    deadline.throwIfAborted();
    await pause(50);
  }
}

const logHas = (ctx: Context, jobId: string, text: string, attempt = 1) =>
  until(async () => (await attemptOf(jobId, attempt)) && (await logOf(ctx, jobId, attempt)).includes(text));

const causeOf = async (jobId: string, number = 1) => {
  const report = (await attemptOf(jobId, number))?.report;
  return report ? causeOfEnd({ ...report, stopRequest: null }).cause : undefined;
};

/** Counts steps, and saves each fifth by rename, as docs/spec/training.md section 16 expects. */
const training = `
import os, time
folder = os.environ["LEEWAY_CHECKPOINT_DIR"]
new = max((f for f in os.listdir(folder) if f.startswith("step-")), default=None)
step = int(open(os.path.join(folder, new)).read()) if new else 0
print("from", step, os.path.basename(os.environ["LEEWAY_RESUME_FROM"]), flush=True)
while step < int(os.environ.get("STEPS", "1000")):
    step += 1
    print("step", step, flush=True)
    if step % 5 == 0:
        with open(folder + "/tmp-save", "w") as out: out.write(str(step))
        os.replace(folder + "/tmp-save", folder + "/step-%08d" % step)
        time.sleep(float(os.environ.get("PAUSE", "0")))
print("done", flush=True)
`;

test.concurrent("runs a program with its parameters, and reports log, record and end", async () => {
  const script = `
import json, os, sys
sys.stdout.buffer.write(b"bad \\xff byte\\n10%\\r20%\\n")
sys.stdout.flush()
print("to stderr", file=sys.stderr, flush=True)
print(json.load(open(os.environ["LEEWAY_PARAMS"])), os.environ["LEEWAY_SEED"], os.environ["PYTHONHASHSEED"])
print(sorted(name for name in os.environ if "LAUNCH_TOKEN" in name), os.environ["MLFLOW_RUN_ID"], os.environ["A"])
`;
  const { ctx, jobId } = await newJob(script, { parameters: { rate: 0.1 }, seed: 7, environment: { A: "b" } });
  const { ended, output } = await launch(ctx, jobId);
  expect(await ended).toBe(0);
  const [job] = await db.select().from(trainingJobs).where(eq(trainingJobs.id, jobId));
  const printed = `bad \xff byte\n10%\r20%\nto stderr\n{'rate': 0.1} 7 7\n[] ${job?.runId} b\n`;
  expect((await logOf(ctx, jobId)).toString("latin1")).toBe(printed);
  expect(output()).toContain("to stderr");
  const attempt = await attemptOf(jobId);
  expect(attempt).toMatchObject({ report: { code: 0, signal: null, wasTerminated: false, ranOutOfMemory: false } });
  expect(attempt?.record).toMatchObject({ environment: { python: expect.stringMatching(/^3\./) } });
  expect(attempt?.record?.environment.variables).toMatchObject({
    LEEWAY_LAUNCH_TOKEN: "<redacted>",
    LEEWAY_URL: main.url,
  });
});

test.concurrent.each([
  ["arguments after the command", ["python3", "-c", "import sys; print(sys.argv[1:])"], 0, "'--rate', '0.1'"],
  ["the exit code of the program", ["sh", "-c", "exit 3"], 3, ""],
  ["a command that does not exist", ["no-such-program"], 127, "no-such-program: No such file"],
])("reports %s", async (_, command, code, printed) => {
  const ctx = await newWorkspace(db);
  const spec = { command, parameters: { rate: 0.1, big: true }, parametersAs: "arguments" as const };
  const jobId = await newStoredJob(ctx, artifacts, spec);
  expect(await (await launch(ctx, jobId)).ended).toBe(code);
  expect((await attemptOf(jobId))?.report?.code).toBe(code);
  expect(String(await logOf(ctx, jobId))).toContain(printed);
});

test.concurrent("does not run a launch that Leeway refuses", async () => {
  const { ctx, jobId } = await newJob("open('ran', 'w')");
  const first = await launchTrainingJob(ctx, jobId);
  const late = { LEEWAY_LAUNCH: first.launchId, LEEWAY_LAUNCH_TOKEN: first.token };
  const { ended, state } = await launch(ctx, jobId, late);
  expect(await ended).toBe(0);
  expect(await readdir(state)).not.toContain("ran");
  const wrong = await launch(ctx, jobId, { LEEWAY_LAUNCH_TOKEN: "lwl_wrong" }, main.url);
  await until(async () => wrong.output().includes("does not answer"));
  expect(await attemptOf(jobId)).toBeUndefined();
  wrong.child.kill("SIGKILL");
});

test.concurrent("sends what a program saved, goes on from the newest whole checkpoint, and skips a damaged one", async () => {
  const { ctx, jobId } = await newJob(training);
  const first = await launch(ctx, jobId, { STEPS: "20", PAUSE: "1.2" });
  expect(await first.ended).toBe(0);
  const saved = await db.select().from(trainingCheckpoints).where(eq(trainingCheckpoints.jobId, jobId));
  const byStep = saved.sort((a, b) => a.seq - b.seq);
  expect(byStep.map(({ name, step }) => [name, step])).toEqual(
    [5, 10, 15, 20].map((step) => [`step-${String(step).padStart(8, "0")}`, step]),
  );
  // The newest lies damaged in the store.
  const sha256 = byStep.at(-1)?.files[0]?.sha256 as string;
  await truncate(join(folder, "store", ctx.actor.workspaceId, "training", jobId, "blobs", sha256), 1);
  const second = await launch(ctx, jobId, { STEPS: "22" });
  expect(await second.ended).toBe(0);
  expect(String(await logOf(ctx, jobId, 2))).toMatch(/^from 15 step-00000015\nstep 16\n/);
  expect(await attemptOf(jobId, 2)).toMatchObject({ tornCheckpoints: 1, fromStep: 15 });
  const after = await db.select().from(trainingCheckpoints).where(eq(trainingCheckpoints.jobId, jobId));
  expect(after.filter(({ tornAt }) => tornAt !== null).map(({ step }) => step)).toEqual([20]);
});

test.concurrent("sends no entry without the mark of its framework, nor one that is cut", async () => {
  const script = `
import os, pickle, zipfile
os.chdir(os.environ["LEEWAY_CHECKPOINT_DIR"])
def write(path, data):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    open(path, "wb").write(data)
for name in ("whole.ckpt", "whole.pt"):
    with zipfile.ZipFile(name, "w") as out: out.writestr("data", "x" * 1000)
cut = open("whole.pt", "rb").read()[:-50]
write("cut.ckpt", cut); write("cut.pt", cut); write(".hidden", b"x"); write("tmp-1", b"x"); write("a.tmp", b"x")
write("opened.pt", b""); write("checkpoint-40/optimizer.pt", b""); write("checkpoint-40/trainer_state.json", b"{}")
write("whole.pkl", pickle.dumps([1] * 1000)); write("cut.pkl", pickle.dumps([1] * 1000)[:-1])
write("checkpoint-80/weights", b"w"); write("checkpoint-80/trainer_state.json", b"{}"); write("checkpoint-90/weights", b"w")
header = b'{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}'
whole = len(header).to_bytes(8, "little") + header + b"1234"
write("checkpoint-70/m.safetensors", whole[:-1]); write("checkpoint-70/trainer_state.json", b"{}")
write("checkpoint-60/m.safetensors", whole); write("checkpoint-60/trainer_state.json", b"{}")
write("dcp/0.distcp", b"x"); write("dcp2/0.distcp", b"x"); write("dcp2/.metadata", b"x")
write("checkpoint-50/weights", b"w"); write("checkpoint-50/trainer_state.json", b'{"global_step": 5')
# An HDF5 file says how long it is; Keras writes it in place, and then the other file.
def keras(folder, cut=0, metadata=b"{}"):
    write(folder + "latest.weights.h5", (b"\\x89HDF\\r\\n\\x1a\\n" + bytes(32) + (100).to_bytes(8, "little") + bytes(52))[:100 - cut])
    write(folder + "training_metadata.json", metadata)
keras(""); keras("k1/"); keras("k2/", cut=1); keras("k3/", metadata=b'{"epoch"'); keras("k4/")
os.utime("k4/training_metadata.json", (1, 1))
write("o.orbax-checkpoint-tmp-1/x", b"x"); write("o/_CHECKPOINT_METADATA", b"{}")
`;
  const { ctx, jobId } = await newJob(script, { checkpoints: { keepLast: 100, best: null } });
  expect(await (await launch(ctx, jobId)).ended).toBe(0);
  const saved = await db.select().from(trainingCheckpoints).where(eq(trainingCheckpoints.jobId, jobId));
  const found = saved.map(({ name, framework, step, files }) => [name, framework, step, files.length]);
  expect(found.sort()).toEqual([
    ["checkpoint-60", "transformers", 60, 2],
    ["checkpoint-80", "transformers", 80, 2],
    ["dcp2", "torch.distributed", null, 2],
    ["k1", "keras", null, 2],
    ["latest.weights.h5", "keras", null, 2],
    ["o", "orbax", null, 1],
    ["whole.ckpt", "lightning", null, 1],
    ["whole.pkl", "", null, 1],
    ["whole.pt", "torch", null, 1],
  ]);
});

test.concurrent("says once in the log of the job that a file is too large, and keeps the other checkpoints", async () => {
  const script = `
import os, time
go_on = os.path.abspath("go-on")
os.chdir(os.environ["LEEWAY_CHECKPOINT_DIR"])
def write(name, size): open(name, "wb").write(b"x" * size)
write("small", 5); write("large", 5000)
while not os.path.exists(go_on): time.sleep(0.05)
write("large", 6000); write("small", 4096)
print("epoch 1", end="", flush=True)
`;
  const { ctx, jobId } = await newJob(script, { checkpoints: { keepLast: 100, best: null } });
  const server = await openServer(0, 4096);
  const { ended, state } = await launch(ctx, jobId, {}, server.url);
  await logHas(ctx, jobId, "large has 5000");
  await until(async () => (await db.$count(trainingCheckpoints, eq(trainingCheckpoints.jobId, jobId))) === 1);
  await writeFile(join(state, "go-on"), "");
  expect(await ended).toBe(0);
  const saved = await db.select().from(trainingCheckpoints).where(eq(trainingCheckpoints.jobId, jobId));
  expect(saved.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
    ["small", 5],
    ["small", 4096],
  ]);
  const line =
    "large has 5000 bytes, and Leeway takes at most 4096 of a file. Save it in several files, or raise MAX_UPLOAD_BYTES.";
  expect(String(await logOf(ctx, jobId))).toBe(`leeway: checkpoint large is not kept: ${line}\nepoch 1`);
});

test.concurrent("says of the last checkpoint as well that it is too large, on a line of its own", async () => {
  const script = `open(__import__("os").environ["LEEWAY_CHECKPOINT_DIR"] + "/last", "wb").write(b"x" * 5000); print("end", end="")`;
  const { ctx, jobId } = await newJob(script);
  const server = await openServer(0, 4096);
  expect(await (await launch(ctx, jobId, {}, server.url)).ended).toBe(0);
  expect(String(await logOf(ctx, jobId))).toMatch(/^end\nleeway: checkpoint last is not kept: last has 5000 bytes/);
});

test.concurrent("an engine's SIGTERM ends a program that knows nothing of it, at once", async () => {
  const { ctx, jobId } = await newJob("import time\nprint('ready', flush=True)\ntime.sleep(600)");
  const { child, ended } = await launch(ctx, jobId);
  await logHas(ctx, jobId, "ready");
  const startedAt = performance.now();
  child.kill("SIGTERM");
  expect(await ended).toBe(143);
  expect(performance.now() - startedAt).toBeLessThan(15_000);
  expect((await attemptOf(jobId))?.report).toMatchObject({ signal: "SIGTERM", wasTerminated: true });
  expect(await causeOf(jobId)).toBe("preempted");
});

test.concurrent.each([
  ["ends with 0", "sys.exit(0)", "preempted"],
  [
    "saves and dies of it",
    "open(os.environ['LEEWAY_CHECKPOINT_DIR'] + '/last', 'w').write('x'); os._exit(143)",
    "preempted",
  ],
])("an engine's SIGTERM reaches a program that %s", async (_, handler, cause) => {
  const script = `
import os, signal, sys, time
def ask(*_):
    print("asked", flush=True)
    ${handler}
signal.signal(signal.SIGTERM, ask)
print("ready", flush=True)
while True: time.sleep(0.1)
`;
  const { ctx, jobId } = await newJob(script);
  const { child, ended } = await launch(ctx, jobId);
  await logHas(ctx, jobId, "ready");
  child.kill("SIGTERM");
  expect(await ended).toBe(143);
  expect(String(await logOf(ctx, jobId))).toBe("ready\nasked\n");
  expect(await attemptOf(jobId)).toMatchObject({ report: { wasTerminated: true } });
  expect(await causeOf(jobId)).toBe(cause);
  const count = await db.$count(trainingCheckpoints, eq(trainingCheckpoints.jobId, jobId));
  expect(count).toBe(handler.includes("last") ? 1 : 0);
});

test.concurrent("a stop of Leeway ends a program that ignores SIGTERM, and all that it started", async () => {
  const script = `
import signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "600"])
print("child", child.pid, flush=True)
while True: time.sleep(0.1)
`;
  const limits = { hours: 1, cost: null, maxFailures: 0, maxPreemptions: 1, maxLosses: 1, graceSeconds: 6 };
  const { ctx, jobId } = await newJob(script, { limits });
  const { ended } = await launch(ctx, jobId);
  await logHas(ctx, jobId, "child");
  const pid = Number(/child (\d+)/.exec(String(await logOf(ctx, jobId)))?.[1]);
  await stopJob(ctx, { job: jobId });
  expect(await ended).toBe(143);
  expect((await attemptOf(jobId))?.report).toMatchObject({ wasTerminated: true, signal: "SIGKILL" });
  expect(isRunning(pid)).toBe(false);
});

test.concurrent("a wrapper that is killed leaves no program behind, and its end and last bytes arrive", async () => {
  const { ctx, jobId } = await newJob(
    `import time, os\nprint("pid", os.getpid(), flush=True)\ntime.sleep(2)\nprint("last", flush=True)\ntime.sleep(600)`,
  );
  const { child, ended } = await launch(ctx, jobId);
  await logHas(ctx, jobId, "pid");
  const pid = Number(/pid (\d+)/.exec(String(await logOf(ctx, jobId)))?.[1]);
  // The second line has just been printed, and waits for its second to be over.
  await pause(1_800);
  child.kill("SIGKILL");
  await ended;
  const report = await until(async () => (await attemptOf(jobId))?.report);
  expect(report).toMatchObject({ code: null, signal: "SIGKILL", wasTerminated: false });
  expect(await causeOf(jobId)).toBe("lost");
  expect(isRunning(pid)).toBe(false);
  expect(String(await logOf(ctx, jobId))).toMatch(/^pid \d+\n(last\n)?$/);
});

test.concurrent("a wrapper that is killed has sent what was saved last, and leaves no files behind", async () => {
  const script = `
import os, time
folder = os.environ["LEEWAY_CHECKPOINT_DIR"]
for step in (1, 2):
    with open(folder + "/tmp-save", "w") as out: out.write(str(step))
    os.replace(folder + "/tmp-save", folder + "/step-%d" % step)
    open(folder + "/tmp-next", "w").write("half")
    print("saved", flush=True)
    time.sleep(4 if step == 1 else 600)
`;
  const { ctx, jobId } = await newJob(script);
  const { child, ended, state } = await launch(ctx, jobId, { LEEWAY_STATE_DIR: "" });
  await logHas(ctx, jobId, "saved\nsaved\n");
  expect(await readdir(state)).toHaveLength(1);
  child.kill("SIGKILL");
  await ended;
  await until(async () => (await attemptOf(jobId))?.report);
  const saved = await db.select().from(trainingCheckpoints).where(eq(trainingCheckpoints.jobId, jobId));
  expect(saved.sort((a, b) => a.seq - b.seq).map(({ name }) => name)).toEqual(["step-1", "step-2"]);
  await until(async () => (await readdir(state)).length === 0);
});

test.concurrent("Lightning finds its newest checkpoint as the last one, also when it was killed between both", async () => {
  const script = `
import os, shutil, zipfile
os.chdir(os.environ["LEEWAY_CHECKPOINT_DIR"])
print("found", sorted(name for name in os.listdir() if name[0] != "."), flush=True)
if os.environ["LEEWAY_ATTEMPT"] == "1":
    for name in ("last.ckpt", "epoch=1-step=80.ckpt"):
        with zipfile.ZipFile(name, "w") as out: out.writestr("data", name)
elif os.environ["LEEWAY_ATTEMPT"] == "2":
    print(zipfile.ZipFile("last.ckpt").read("data").decode())
    with zipfile.ZipFile("last-v1.ckpt", "w") as out: out.writestr("data", "newer")
`;
  const { ctx, jobId } = await newJob(script);
  for (const _ of [1, 2, 3]) expect(await (await launch(ctx, jobId)).ended).toBe(0);
  expect(String(await logOf(ctx, jobId, 2))).toBe(
    "found ['epoch=1-step=80.ckpt', 'last.ckpt']\nepoch=1-step=80.ckpt\n",
  );
  expect(String(await logOf(ctx, jobId, 3))).toBe("found ['last-v1.ckpt']\n");
  const saved = await db.select().from(trainingCheckpoints).where(eq(trainingCheckpoints.jobId, jobId));
  expect(saved).toHaveLength(3);
});

test.concurrent("goes on while Leeway is away, and sends all of it afterwards", async () => {
  const server = await openServer();
  const { ctx, jobId } = await newJob(training);
  const { ended } = await launch(ctx, jobId, { STEPS: "60", PAUSE: "0.4" }, server.url);
  await logHas(ctx, jobId, "step 5\n");
  await server.close();
  await pause(3_500);
  const back = await openServer(server.port);
  expect(await ended).toBe(0);
  await back.close();
  const steps = Array.from({ length: 60 }, (_, at) => `step ${at + 1}\n`);
  expect(String(await logOf(ctx, jobId))).toBe(`from 0 \n${steps.join("")}done\n`);
  expect(await attemptOf(jobId)).toMatchObject({ logDropped: 0, report: { code: 0 } });
  const saved = await db.select().from(trainingCheckpoints).where(eq(trainingCheckpoints.jobId, jobId));
  expect(saved.map(({ step }) => step)).toContain(60);
});

test.concurrent("drops and counts the oldest log when the spool is full", async () => {
  const server = await openServer();
  const { ctx, jobId } = await newJob(
    `import time\nprint("first", flush=True)\ntime.sleep(2.5)\nfor n in range(20000): print("line", n)\nprint("last", flush=True)\ntime.sleep(1)`,
  );
  const { ended } = await launch(ctx, jobId, { LEEWAY_SPOOL_BYTES: "65536" }, server.url);
  await logHas(ctx, jobId, "first");
  await server.close();
  await pause(3_000);
  const back = await openServer(server.port);
  expect(await ended).toBe(0);
  await back.close();
  const printed = Buffer.from(`first\n${Array.from({ length: 20_000 }, (_, n) => `line ${n}\n`).join("")}last\n`);
  const attempt = await attemptOf(jobId);
  expect(attempt?.logBytes).toBe(printed.length);
  const dropped = attempt?.logDropped ?? 0;
  expect(dropped).toBeGreaterThan(printed.length - 2 * 65_536);
  const log = String(await logOf(ctx, jobId));
  expect(log).toMatch(/^first\n/);
  const [, gap, rest] = /\n==> (\d+) bytes were dropped here <==\n([\s\S]*)$/.exec(log) ?? [];
  expect(Number(gap)).toBe(dropped);
  expect(printed.subarray(printed.length - (rest?.length ?? 0)).toString()).toBe(rest);
});

test.concurrent("ends its program and sends nothing more once it is fenced", async () => {
  const { ctx, jobId } = await newJob(
    `import os, time\nprint("pid", os.getpid(), flush=True)\nwhile True:\n    print("still here", flush=True)\n    time.sleep(0.1)`,
  );
  const { ended } = await launch(ctx, jobId);
  await logHas(ctx, jobId, "still here");
  await startTrainingJob(ctx, jobId);
  const bytes = (await attemptOf(jobId))?.logBytes;
  expect(await ended).toBe(143);
  const pid = Number(/pid (\d+)/.exec(String(await logOf(ctx, jobId)))?.[1]);
  expect(isRunning(pid)).toBe(false);
  expect(await attemptOf(jobId)).toMatchObject({ logBytes: bytes, report: null });
});

/** A job of two machines. */
async function newGang(script: string) {
  const { ctx, jobId } = await newJob(script);
  const [job] = await db.select().from(trainingJobs).where(eq(trainingJobs.id, jobId));
  if (!job) throw new Error("The job is gone.");
  const spec = { ...job.spec, resources: { ...job.spec.resources, nodes: 2 } };
  await db.update(trainingJobs).set({ spec }).where(eq(trainingJobs.id, jobId));
  const launched = await launchTrainingJob(ctx, jobId);
  const start = (rank: number) =>
    startWrapper(launched, { LEEWAY_NODES: "2", LEEWAY_RANK: String(rank), LEEWAY_MAIN_ADDRESS: "first.test" });
  return { ctx, jobId, launched, start };
}

/** Says where it is, and runs until a file beside it is there. */
const member = `
import os, sys, time
rank = os.environ["LEEWAY_RANK"]
print("rank", rank, "of", os.environ["LEEWAY_NODES"], "at", os.environ["LEEWAY_MAIN_ADDRESS"], flush=True)
print("from", os.path.basename(os.environ["LEEWAY_RESUME_FROM"]), os.listdir(os.environ["LEEWAY_CHECKPOINT_DIR"]), flush=True)
open("pid", "w").write(str(os.getpid()))
if rank == "0":
    path = os.environ["LEEWAY_CHECKPOINT_DIR"] + "/step-00000005"
    open(path + ".tmp", "w").write("5"); os.replace(path + ".tmp", path)
while not os.path.exists("go"): time.sleep(0.05)
sys.exit(int(open("go").read()))
`;

/** Lets a member end with a code. The file has its content as soon as it has its name. */
async function goOn(state: string, code: number): Promise<void> {
  await writeFile(join(state, "go.tmp"), String(code));
  await rename(join(state, "go.tmp"), join(state, "go"));
}

const tokensOf = async (jobId: string) => {
  const [job] = await db.select().from(trainingJobs).where(eq(trainingJobs.id, jobId));
  const mine = and(eq(apiTokens.runId, job?.runId ?? ""), isNull(apiTokens.revokedAt));
  return (await db.select().from(apiTokens).where(mine)).map(({ name }) => name.replace("digits, ", "")).sort();
};

test.concurrent("other machines join the attempt of the first, go on from its checkpoint, and end with it", async () => {
  const { ctx, jobId, start } = await newGang(member);
  const second = start(1);
  await until(async () => second.output().includes("the first machine has not started"));
  expect(await attemptOf(jobId)).toBeUndefined();
  const first = start(0);
  await logHas(ctx, jobId, "from");
  await until(async () => second.output().includes("from"));
  expect(await attemptOf(jobId, 2)).toBeUndefined();
  expect(second.output()).toContain("rank 1 of 2 at first.test\n");
  expect(await tokensOf(jobId)).toEqual(["attempt 1", "attempt 1, rank 1"]);
  await until(async () => (await db.select().from(trainingCheckpoints).where(eq(trainingCheckpoints.jobId, jobId)))[0]);
  await goOn(second.state, 0);
  expect(await second.ended).toBe(0);
  expect((await attemptOf(jobId))?.report).toBeNull();
  await goOn(first.state, 0);
  expect(await first.ended).toBe(0);
  expect(await causeOf(jobId)).toBe("finished");
  const log = String(await logOf(ctx, jobId));
  expect(log).toContain("rank 0 of 2 at first.test\n");
  expect(log).not.toContain("rank 1");

  const launched = await launchTrainingJob(ctx, jobId);
  const again = [0, 1].map((rank) =>
    startWrapper(launched, { LEEWAY_NODES: "2", LEEWAY_RANK: String(rank), LEEWAY_MAIN_ADDRESS: "" }),
  );
  for (const each of again) await until(async () => each.output().includes("from step-00000005"));
  // Another attempt takes their place.
  await startTrainingJob(ctx, jobId);
  expect(await tokensOf(jobId)).toEqual(["attempt 3"]);
  for (const each of again) {
    expect(await each.ended).toBe(143);
    expect(isRunning(Number(await readFile(join(each.state, "pid"), "utf8")))).toBe(false);
  }
});

test.concurrent("a machine that fails ends the attempt with its last lines, also when its wrapper is killed", async () => {
  const { ctx, jobId, start } = await newGang(
    `${member.replace("sys.exit", 'print("out of beans", flush=True); sys.exit')}`,
  );
  const [first, second] = [start(0), start(1)];
  await until(async () => first.output().includes("from") && second.output().includes("from"));
  await goOn(second.state, 3);
  expect(await second.ended).toBe(3);
  const [job] = await db.select().from(trainingJobs).where(eq(trainingJobs.id, jobId));
  expect(job?.stopRequest).toMatchObject({ cause: "failed", mayRetry: true });
  expect(job?.stopRequest?.reason).toMatch(/^On machine 1: The program ended with exit code 3\.\n[\s\S]*out of beans$/);
  expect(await first.ended).toBe(143);
  const { report } = (await attemptOf(jobId)) ?? {};
  expect(report && causeOfEnd({ ...report, stopRequest: job?.stopRequest ?? null })).toMatchObject({
    cause: "failed",
    next: "retry",
  });

  await db.update(trainingJobs).set({ stopRequest: null }).where(eq(trainingJobs.id, jobId));
  const launched = await launchTrainingJob(ctx, jobId);
  const [one, other] = [0, 1].map((rank) =>
    startWrapper(launched, { LEEWAY_NODES: "2", LEEWAY_RANK: String(rank), LEEWAY_MAIN_ADDRESS: "" }),
  );
  await until(async () => one?.output().includes("from") && other?.output().includes("from"));
  other?.child.kill("SIGKILL");
  const pid = Number(await readFile(join(other?.state ?? "", "pid"), "utf8"));
  const stopped = await until(async () => {
    const [found] = await db.select().from(trainingJobs).where(eq(trainingJobs.id, jobId));
    return found?.stopRequest;
  });
  // Lost, as the first one would be: the job goes on.
  expect(stopped?.cause).toBe("preempted");
  expect(isRunning(pid)).toBe(false);
  expect(await one?.ended).toBe(143);
});

test.concurrent("the token of another machine writes nothing of the attempt", async () => {
  const { ctx, jobId, launched } = await newGang("");
  const join = (rank: number) => joinLaunch(db, { ...launched, rank }, { url: "http://leeway.test" });
  await expect(join(1)).rejects.toThrow("The first machine of this launch has not started yet.");
  const { token } = await startLaunch(db, { ...launched, host: "a" }, { url: "http://leeway.test" });
  const call = (path: string, body: object | string, by: string) =>
    fetch(`${main.url}/api/v1/training/attempts/${jobId}/1/${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${by}`,
        "content-type": typeof body === "string" ? "application/octet-stream" : "application/json",
      },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }).then(({ status }) => status);
  const heartbeat = { seq: 1, rssBytes: null, gpus: [], step: null, spoolBytes: 0 };
  expect(await call("heartbeat", heartbeat, token)).toBe(200);
  await expect(join(2)).rejects.toThrow("The job has fewer machines.");
  const { token: other } = await join(1);
  const before = await attemptOf(jobId);
  expect(await call("heartbeat", { ...heartbeat, seq: 2 }, other)).toBe(200);
  expect(await attemptOf(jobId)).toEqual(before);
  const end = { code: 0, signal: null, wasTerminated: false, ranOutOfMemory: false };
  const whole = { ...end, logBytes: 0, logDropped: 0, startedAt: 1, endedAt: 2 };
  const checkpoint = { name: "a", framework: "", step: 1, files: [], savedSeconds: null, sentSeconds: 0 };
  const refused = [call("log?start=0", "x", other), call("end", whole, other), call("checkpoints", checkpoint, other)];
  expect(await Promise.all(refused)).toEqual([403, 403, expect.toBeOneOf([400, 403])]);
  expect(await call("rank-end", end, token)).toBe(403);
  for (const forged of [other.replace("_1_", "_2_"), `${other.slice(0, -1)}x`]) {
    expect(await call("heartbeat", heartbeat, forged)).toBe(401);
  }
  expect(await call("rank-end", end, other)).toBe(200);
  await stopJob(ctx, { job: jobId });
  expect(await call("heartbeat", heartbeat, other)).toBe(200);
  expect(await call("end", whole, token)).toBe(200);
  expect(await call("heartbeat", heartbeat, other)).toBe(403);
  await expect(join(1)).rejects.toThrow("Do not run this launch.");
});

test.concurrent("never empties a folder that is not its own", async () => {
  const { ctx, jobId } = await newJob("print('ran')");
  const foreign = mkdtempSync(join(folder, "foreign-"));
  const file = join(foreign, "thesis.txt");
  await writeFile(file, "years of work");
  const { ended } = await launch(ctx, jobId, { LEEWAY_CHECKPOINT_DIR: foreign });
  expect(await ended).toBe(78);
  expect(await readFile(file, "utf8")).toBe("years of work");
});

/** Waits for kills in a random order: the log of each attempt is then a part of what was printed, without a gap, and none is fenced and changed. */
test.concurrent.each([11, 12, 13])(
  "loses no byte of a log and takes no write of a fenced attempt in any order of failures (%i)",
  async (seed) => {
    const random = seededRandom(seed);
    let server = await openServer();
    const { ctx, jobId } = await newJob(training, { checkpoints: { keepLast: 2, best: null } });
    /** Bytes of attempts at the moment that they were fenced. */
    const fenced = new Map<number, number>();
    let attempt = 0;
    for (let round = 0; round < 3; round += 1) {
      const { child, ended } = await launch(ctx, jobId, { STEPS: "100000", PAUSE: "0.15" }, server.url);
      attempt += 1;
      await logHas(ctx, jobId, "step 5\n".slice(0, 4), attempt);
      const order = ["away", "kill", "fence"].sort(() => random() - 0.5).slice(0, 2);
      for (const what of order) {
        if (what === "away") {
          await server.close();
          await pause(1_000 * random());
          server = await openServer(server.port);
        } else if (what === "kill") child.kill(random() < 0.5 ? "SIGKILL" : "SIGTERM");
        else {
          await startTrainingJob(ctx, jobId);
          fenced.set(attempt, (await attemptOf(jobId, attempt))?.logBytes ?? 0);
          attempt += 1;
        }
        await pause(600 * random());
      }
      if (!order.includes("kill") && !order.includes("fence")) child.kill("SIGKILL");
      await ended;
      await until(async () => {
        const row = await attemptOf(jobId, attempt - Number(order.includes("fence")));
        return row?.report != null || row?.fencedAt != null;
      });
    }
    await server.close();
    for (let number = 1; number <= attempt; number += 1) {
      const row = await attemptOf(jobId, number);
      const lines = String(await logOf(ctx, jobId, number)).split("\n");
      if (row?.logBytes === 0) continue;
      const from = Number(/^from (\d+)/.exec(lines[0] ?? "")?.[1]);
      const whole = lines.slice(1, -1);
      expect(whole).toEqual(whole.map((_, at) => `step ${from + at + 1}`));
      expect(row?.logDropped).toBe(0);
      if (fenced.has(number)) expect(row?.logBytes).toBe(fenced.get(number));
      // Nothing is damaged, so each attempt goes on from a checkpoint of an earlier one.
      expect(row?.tornCheckpoints).toBe(0);
    }
  },
);

function isRunning(pid: number): boolean {
  // A killed process stays as a zombie where nobody waits for it.
  if (!readdirSync("/proc").includes(String(pid))) return false;
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
