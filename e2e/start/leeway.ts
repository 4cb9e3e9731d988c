import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, vi } from "vitest";
import { freePort } from "#db/free-port.ts";

/** For what happens soon, also on a machine that is ten times as slow as usual. */
export const soon = { timeout: 300_000, interval: 100 };

export interface Leeway {
  process: ChildProcess;
  url: string;
  gatewayUrl: string;
  /** Returns everything printed so far. */
  output(): string;
  /** Resolves when all roles are ready and the terminal says so. */
  running(): Promise<void>;
  /** Resolves with the exit code once the process has ended. */
  ended(): Promise<number | null>;
}

/** Creates a data folder that is removed after the test, and ports for it. */
export async function newEnvironment(): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "leeway-start-"));
  await chmod(folder, 0o755);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return {
    DATA_DIR: join(folder, "data"),
    PORT: String(await freePort()),
    GATEWAY_PORT: String(await freePort()),
    WORKER_PORT: String(await freePort()),
    FEAST_PORT: String(await freePort()),
  };
}

/** Starts Leeway as its users do, and stops it after the test. */
export function launch(env: Record<string, string>, ...args: string[]): Leeway {
  const child = spawn(process.execPath, ["server/main.ts", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_ENV: "production", ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = once(child, "exit").then(([code]) => code as number | null);
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
  });
  return {
    process: child,
    url: `http://127.0.0.1:${env.PORT}`,
    gatewayUrl: `http://127.0.0.1:${env.GATEWAY_PORT}`,
    output: () => output,
    ended: () => ended,
    running: async () => {
      const isRunning = vi.waitFor(() => expect(output).toContain("Leeway is running."), soon);
      isRunning.catch(() => {});
      await Promise.race([isRunning, ended.then(() => Promise.reject(new Error(`It ended:\n${output}`)))]);
    },
  };
}

/** Reads the API token that a first start writes. */
export async function firstToken(env: Record<string, string>): Promise<string> {
  const file = join(env.DATA_DIR as string, "first-sign-in.env");
  const token = /^MLFLOW_TRACKING_TOKEN=(\S+)$/m.exec(await readFile(file, "utf8"))?.[1];
  if (!token) throw new Error(`No token in ${file}.`);
  return token;
}

/** Returns the HTTP status of an authenticated request; 0 without a response. */
export async function statusFor(leeway: Leeway, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${leeway.url}/api/v1/search?q=x`, { headers }).then(
    ({ status }) => status,
    () => 0,
  );
}

/** Starts a run in the default experiment. @returns its id. */
export async function newRun(leeway: Leeway, token: string): Promise<string> {
  const response = await fetch(`${leeway.url}/api/2.0/mlflow/runs/create`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ experiment_id: "0", start_time: Date.now() }),
  });
  const { run } = (await response.json()) as { run: { info: { run_id: string } } };
  return run.info.run_id;
}

/** Returns whether every role reports that it is ready. */
export async function isReady(env: Record<string, string>): Promise<boolean> {
  const predictions = [env.PORT, env.GATEWAY_PORT, env.WORKER_PORT].map((port) =>
    fetch(`http://127.0.0.1:${port}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return (await Promise.all(predictions)).every(Boolean);
}

/** Process id of the Postgres that runs in a data folder. */
export async function postgresOf(env: Record<string, string>): Promise<number> {
  return Number.parseInt(await readFile(join(env.DATA_DIR as string, "postgres", "postmaster.pid"), "utf8"), 10);
}

/** Returns whether a process with that id exists. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
