import { setTimeout as pause } from "node:timers/promises";
import type { Wire } from "#components/ui/wire.ts";
import type { TrainingCheckpoint } from "#server/improve/training/checkpoints/contract.ts";
import type { JobSpec } from "#server/improve/training/contract.ts";
import type { TrainingJobDetails } from "#server/improve/training/jobs/contract.ts";
import type { LogPage } from "#server/improve/training/log/contract.ts";
import { startLeeway } from "../tracking/leeway-server.ts";

type Job = Wire<TrainingJobDetails>;

/** A Leeway as its users start it, with the engine `local`, and what benchmarks ask of it over HTTP. */
export interface Training {
  url: string;
  databaseUrl: string;
  dataFolder: string;
  headers: { authorization: string };
  /** Memory of the web role, in megabytes. */
  memoryMb(): Promise<number>;
  /** Submits a job that runs Python code on `local`. */
  submit(script: string, spec?: Partial<JobSpec>): Promise<Job>;
  job(id: string): Promise<Job>;
  /** Waits until a job has ended. @returns the last lines of its log @throws Error unless it finished */
  finished(id: string): Promise<string[]>;
  readLog(id: string, query: Record<string, string | number>): Promise<Wire<LogPage>>;
  checkpoints(id: string): Promise<Wire<TrainingCheckpoint>[]>;
  stop(): Promise<void>;
}

const endMs = 120_000;

/** Starts Leeway and adds the engine `local`. */
export async function openTraining(): Promise<Training> {
  const leeway = await startLeeway();
  const { url, dataFolder, environment } = leeway.stack;
  const headers = { authorization: `Bearer ${environment.LEEWAY_TOKEN}` };

  async function call<Result>(method: string, path: string, body?: unknown): Promise<Result> {
    const response = await fetch(`${url}/api/v1/training/${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    return JSON.parse(text) as Result;
  }
  const job = (id: string) => call<Job>("GET", `jobs/${id}`);
  const readLog = (id: string, query: Record<string, string | number>) =>
    call<Wire<LogPage>>("GET", `jobs/${id}/log?${new URLSearchParams(query as Record<string, string>)}`);

  try {
    await call("POST", "engines", { name: "local", settings: { kind: "local", maxJobs: 4 } });
  } catch (error) {
    await leeway.stop();
    throw error;
  }
  return {
    url,
    databaseUrl: leeway.databaseUrl,
    dataFolder,
    headers,
    memoryMb: leeway.memoryMb,
    submit: (script, spec = {}) =>
      call<Job>("POST", "jobs", {
        engine: "local",
        spec: { command: ["python3", "-c", script], resources: { cores: 0.1 }, ...spec },
      }),
    job,
    async finished(id) {
      for (const until = Date.now() + endMs; ; await pause(100)) {
        const { state, message } = await job(id);
        if (state === "finished") break;
        const isOver = state === "failed" || state === "stopped" || state === "lost" || Date.now() > until;
        if (isOver) throw new Error(`The job is ${state}: ${message}`);
      }
      return (await readLog(id, { attempt: 1 })).lines.map(({ text }) => text);
    },
    readLog,
    checkpoints: async (id) =>
      (await call<{ checkpoints: Wire<TrainingCheckpoint>[] }>("GET", `jobs/${id}/checkpoints`)).checkpoints,
    stop: leeway.stop,
  };
}
