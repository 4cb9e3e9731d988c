import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "#db/free-port.ts";
import { waitFor } from "../../suite/stack.ts";
import { type Found, family, signal } from "./processes.ts";

/** A copy of a program that Ray runs: the wrapper, the guard that it has started, and the program itself. */
export interface Copy {
  launch: string;
  /** Ray's own process for the job; undefined once it is gone. */
  driver: number | undefined;
  wrapper: number | undefined;
  guard: number | undefined;
  program: number | undefined;
}

/** A free port that Ray does not take for its workers, which have 10002 to 19999. */
export async function portForRay(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port > 19_999) return port;
  }
}

/** A head of Ray on this machine, all of whose processes can be found. */
export class RayHead {
  readonly token = randomUUID();
  /** How often it was started: a head knows only what was submitted since. */
  sessions = 0;
  private readonly mark = `LEEWAY_DRILL=${randomUUID()}`;
  private readonly folders: string[] = [];
  private readonly programs: string;
  private readonly port: number;

  /** @param programs folder of Ray's programs @param port of its dashboard, which it keeps */
  constructor(programs: string, port: number) {
    this.programs = programs;
    this.port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts a head, which knows nothing of the one before. */
  async start(): Promise<void> {
    // Short: the paths of its sockets may have 107 characters.
    const folder = await mkdtemp(join(tmpdir(), "ray-"));
    this.sessions += 1;
    this.folders.push(folder);
    const [name = "", value = ""] = this.mark.split("=");
    const log = openSync(".cache/results/ray-drill.log", "a");
    const started = spawn(
      join(this.programs, "ray"),
      [
        "start",
        "--head",
        "--disable-usage-stats",
        "--num-cpus=8",
        "--object-store-memory=100000000",
        "--node-ip-address=127.0.0.1",
        `--port=${await portForRay()}`,
        "--dashboard-host=127.0.0.1",
        `--dashboard-port=${this.port}`,
        `--dashboard-agent-listen-port=${await portForRay()}`,
        `--temp-dir=${folder}`,
      ],
      {
        stdio: ["ignore", log, log],
        env: {
          ...process.env,
          [name]: value,
          PATH: `${this.programs}${delimiter}${process.env.PATH}`,
          RAY_AUTH_MODE: "token",
          RAY_AUTH_TOKEN: this.token,
          RAY_USAGE_STATS_ENABLED: "0",
        },
      },
    );
    const [code] = await once(started, "exit");
    closeSync(log);
    if (code !== 0) throw new Error(`Ray ended with ${code}; see .cache/results/ray-drill.log.`);
    await waitFor(() => this.isUp(), 180_000);
  }

  private async isUp(): Promise<boolean> {
    const headers = { authorization: `Bearer ${this.token}` };
    return fetch(`${this.url}/nodes?view=summary`, { headers, signal: AbortSignal.timeout(5_000) }).then(
      async (answer) => answer.ok && (await answer.text()).includes('"ALIVE"'),
      () => false,
    );
  }

  all(): Promise<Found[]> {
    return family(this.mark);
  }

  /** Processes of Ray itself; jobs and what they have started are left out. */
  async own(): Promise<Found[]> {
    return (await this.all()).filter(({ command, environment }) => !isOfJob(command, environment));
  }

  /** What runs of each launch now. */
  async copies(): Promise<Copy[]> {
    const all = (await this.all()).filter(({ command, environment }) => isOfJob(command, environment));
    const byLaunch = Map.groupBy(all, ({ environment }) => /LEEWAY_LAUNCH=([^\0]+)/.exec(environment)?.[1] ?? "");
    return [...byLaunch].flatMap(([launch, found]) => {
      if (launch === "") return [];
      const wrappers = found.filter(({ command }) => command.includes("leeway_run.py"));
      const pids = new Set(wrappers.map(({ pid }) => pid));
      const guard = wrappers.find(({ parent }) => pids.has(parent) || parent === 1);
      const wrapper = wrappers.find(({ pid }) => pid !== guard?.pid);
      return [
        {
          launch,
          driver: wrapper?.parent,
          wrapper: wrapper?.pid,
          guard: guard?.pid,
          program: found.find(({ command }) => command.includes("count.py"))?.pid,
        },
      ];
    });
  }

  async close(): Promise<void> {
    for (let left = await this.all(); left.length > 0; left = await this.all()) {
      signal(
        left.map(({ pid }) => pid),
        "SIGKILL",
      );
    }
    for (const folder of this.folders) await rm(folder, { recursive: true, force: true });
  }
}

const isOfJob = (command: string, environment: string) =>
  /leeway_run\.py|count\.py/.test(command) && environment.includes("LEEWAY_LAUNCH=");
