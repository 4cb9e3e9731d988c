import { spawn } from "node:child_process";
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { childEnvironment } from "#server/base/child-environment.ts";
import { DomainError } from "#server/base/errors.ts";
import type { EngineHandle, EngineSettings, Seen } from "../../contract.ts";
import type { Engine, Launch } from "../engine.ts";
import { isRunning, type ProcessIdentity, readProcess, residentBytesOf } from "./processes.ts";
import { requireAllowed } from "./require-allowed.ts";
import { startScript } from "./start-script.ts";

interface LocalOptions {
  settings: Extract<EngineSettings, { kind: "local" }>;
  /** Absolute path below DATA_DIR; jobs never see the worker's own folder. */
  folder: string;
  /** Names this machine: only it can look after what it started. */
  machine: string;
  /** Absolute path of leeway_run.py. */
  wrapper: string;
  /** SHA-256 of the packages that may run here; null: whatever is submitted. */
  packages: ReadonlySet<string> | null;
  /** Unpacks a package into a folder. */
  unpack(packagePath: string, folder: string): Promise<void>;
}

const python = "python3";
/** Time between the start of the shell and its first file. */
const startMs = 10_000;

/**
 * Runs jobs as processes of this machine, which outlive the worker: a restarted one finds them by their folders. A job has the rights of the
 * worker, but neither its environment nor its folder. docs/spec/training.md section 6.
 */
export function localEngine({ settings, folder, machine, wrapper, packages, unpack }: LocalOptions): Engine {
  const cores = settings.cores ?? Math.max(1, Math.floor(availableParallelism() / 2));
  const memoryBytes = settings.memoryBytes ?? totalmem();
  const folderOf = (launchId: string) => join(folder, `launch-${launchId}`);

  async function submit(launch: Launch, deadline: AbortSignal): Promise<EngineHandle> {
    requireAllowed(launch.spec, packages);
    const own = folderOf(launch.id);
    await prepare(own, launch, unpack);
    const known = await readIdentity(own);
    if (!known) start(own, launch, { wrapper, cores: Math.min(cores, launch.spec.resources.cores) });
    const identity = known ?? (await waitForIdentity(own, deadline));
    return { id: launch.id, epoch: `${machine} ${identity.pid} ${identity.startTime}` };
  }

  async function look(handle: EngineHandle): Promise<Seen> {
    const at = new Date().toISOString();
    const own = folderOf(handle.id);
    const identity = identityOf(handle, machine);
    // The engine was taken over from another machine, whose processes only their wrappers know.
    if (!identity) return { state: "gone", at };
    const code = await readNumber(join(own, "run", "code"));
    const ranOut = await exists(join(own, "run", "out-of-memory"));
    if (ranOut) return { state: "ended", code: 137, cause: "out-of-memory", at };
    if (code !== undefined) return { state: "ended", code, at };
    if (!(await isRunning(identity))) return { state: "gone", at };
    const limit = Math.min(memoryBytes, (await readNumber(join(own, "memory"))) || memoryBytes);
    if ((await residentBytesOf(identity.pid)) <= limit) return { state: "running", at };
    await writeFile(join(own, "run", "out-of-memory"), "");
    kill(identity.pid, "SIGKILL");
    return { state: "ended", code: 137, cause: "out-of-memory", at };
  }

  async function stop(handle: EngineHandle, graceSeconds: number): Promise<void> {
    const identity = identityOf(handle, machine);
    if (!identity || !(await isRunning(identity))) return;
    const asked = join(folderOf(handle.id), "run", "asked");
    const askedAt = await readNumber(asked);
    // The wrapper needs the grace itself; a program that ignores it ends some seconds later.
    if (askedAt !== undefined && Date.now() - askedAt > (graceSeconds + 10) * 1000) kill(identity.pid, "SIGKILL");
    if (askedAt !== undefined) return;
    await writeFile(asked, String(Date.now()));
    kill(identity.pid, "SIGTERM");
  }

  return {
    submit,
    look: (handles) => Promise.all(handles.map(look)),
    stop,
    async remove(handle) {
      const identity = identityOf(handle, machine);
      if (!identity) return;
      const own = folderOf(handle.id);
      // The shell that has written its code is only about to end.
      const hasEnded = await exists(join(own, "run", "code"));
      if (!hasEnded && (await isRunning(identity))) {
        // Nobody else asks again for what the job has gone on from.
        await stop(handle, (await readNumber(join(own, "grace"))) ?? 0);
        throw new DomainError("unavailable", "Its processes have not ended yet.");
      }
      await rm(own, { recursive: true, force: true });
    },
    async describe() {
      const version = (await versionOf(python)) ?? "no Python";
      return {
        version,
        capacity: {
          cores: { total: cores, free: null },
          memoryBytes: { total: memoryBytes, free: null },
          gpus: { total: 0, free: null },
        },
        queues: [],
        features: { gracefulStop: true, requeues: false, gangs: false, arrays: false },
        machine,
      };
    },
  };
}

async function prepare(own: string, { spec, package: archive }: Launch, unpack: LocalOptions["unpack"]): Promise<void> {
  if (await exists(join(own, "ready"))) return;
  // A crash half way leaves a folder that is not ready; nothing runs there yet.
  await rm(join(own, "work"), { recursive: true, force: true });
  await mkdir(join(own, "work"), { recursive: true });
  if (archive) await unpack(archive.path, join(own, "work"));
  await writeFile(join(own, "memory"), String(spec.resources.memoryBytes));
  await writeFile(join(own, "grace"), String(spec.limits.graceSeconds));
  await writeFile(join(own, "ready"), "");
}

function start(own: string, launch: Launch, { wrapper, cores }: { wrapper: string; cores: number }): void {
  const threads = String(Math.max(1, Math.floor(cores)));
  const child = spawn("nice", ["-n", "10", "/bin/sh", "-c", startScript, "sh", own, python, wrapper], {
    cwd: own,
    detached: true,
    stdio: "ignore",
    env: {
      ...childEnvironment(),
      HOME: own,
      PYTHONUNBUFFERED: "1",
      OMP_NUM_THREADS: threads,
      MKL_NUM_THREADS: threads,
      OPENBLAS_NUM_THREADS: threads,
      LEEWAY_URL: launch.wrapper.url,
      LEEWAY_LAUNCH: launch.id,
      LEEWAY_LAUNCH_TOKEN: launch.wrapper.token,
      // Removed with the folder, also when the wrapper is killed.
      LEEWAY_STATE_DIR: join(own, "state"),
      // The log is in Leeway, or waits in the state.
      LEEWAY_ECHO: "0",
    },
  });
  // What goes wrong shows as a missing file.
  child.on("error", () => {});
  child.unref();
}

async function waitForIdentity(own: string, deadline: AbortSignal): Promise<ProcessIdentity> {
  for (const until = Date.now() + startMs; Date.now() < until; await pause(25)) {
    const identity = await readIdentity(own);
    if (identity) return identity;
    deadline.throwIfAborted();
  }
  throw new DomainError("unavailable", "The machine did not start the job's shell within 10 s.");
}

/** The process that a folder was started as; of one that has ended, its id alone. */
async function readIdentity(own: string): Promise<ProcessIdentity | undefined> {
  const pid = await readNumber(join(own, "run", "pid"));
  if (pid === undefined) return undefined;
  const found = await readProcess(pid);
  return { pid, startTime: found?.startTime ?? "0" };
}

function identityOf(handle: EngineHandle, machine: string): ProcessIdentity | undefined {
  const [of, pid, startTime] = handle.epoch.split(" ");
  if (of !== machine || !pid || !startTime) return undefined;
  return { pid: Number(pid), startTime };
}

/** Signals all processes of a job: the shell is the first of its group. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended meanwhile.
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

async function readNumber(path: string): Promise<number | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  const number = text === undefined ? Number.NaN : Number.parseInt(text, 10);
  return Number.isNaN(number) ? undefined : number;
}

async function versionOf(program: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, ["--version"], { stdio: ["ignore", "pipe", "ignore"], env: childEnvironment() });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8", 0, 100);
    });
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 ? text.trim().slice(0, 100) : undefined));
  });
}
