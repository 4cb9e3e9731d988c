import { setTimeout as pause } from "node:timers/promises";
import { eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#db/embedded.ts";
import { retrainingCycles } from "#db/schema/index.ts";
import type { Random } from "#server/stats/random.ts";
import { waitFor } from "../../suite/stack.ts";
import { roleProcess } from "../chaos/faults.ts";
import { family, signal } from "../training-drill/processes.ts";
import type { Target } from "./combinations.ts";

interface Killed {
  supervisor: number;
  healthUrls: Record<"web" | "worker" | "gateway", string>;
  postgres: { running: EmbeddedPostgres; dataFolder: string; logFile: string };
  db: Database;
  random: Random;
}

/** What a kill is told of the cycle that it is for. */
export interface Aim {
  cycleId: string;
  /** Whether the cycle is still where it is to be killed: asked right before the kill. */
  isStill(): Promise<boolean>;
  /** Called right after the kill, before anything recovers. */
  killed?(): void;
}

export interface Outage {
  target: Target;
  /** Milliseconds since 1970. Until everything answered again; undefined while it does not. */
  from: number;
  until: number | undefined;
}

const recoversMs = 300_000;

/** Kills by SIGKILL, and waits until everything answers again. The supervisor restarts roles; the drill itself restarts Postgres. */
export class Faults {
  readonly outages: Outage[] = [];
  private readonly killed: Killed;

  constructor(killed: Killed) {
    this.killed = killed;
  }

  /** Kills a target. @returns when, and until when; "nothing" where none of it runs, "late". @throws where it does not recover */
  async hit(target: Target, { cycleId, isStill, killed }: Aim): Promise<Outage | "nothing" | "late"> {
    const pids = await this.find(target, cycleId);
    // Listing processes takes longer than some states.
    if (!(await isStill())) return "late";
    if (pids.length === 0) return "nothing";
    const outage: Outage = { target, from: Date.now(), until: undefined };
    this.outages.push(outage);
    signal(pids, "SIGKILL");
    killed?.();
    if (target === "postgres") await this.restartPostgres();
    for (const url of Object.values(this.killed.healthUrls)) await waitFor(() => isUp(url), recoversMs);
    outage.until = Date.now();
    return outage;
  }

  private async find(target: Target, cycleId: string): Promise<number[]> {
    const { supervisor, postgres } = this.killed;
    if (target === "postgres") return [postgres.running.pid];
    if (target === "engine" || target === "wrapper") return this.findJob(target, cycleId);
    return roleProcess(supervisor, target).then(
      (pid) => [pid],
      () => [],
    );
  }

  /** Processes of a cycle's job. engine: all at once, as if its machine were gone. wrapper: that alone, so that its guard reports the end */
  private async findJob(target: "engine" | "wrapper", cycleId: string): Promise<number[]> {
    const [cycle] = await this.killed.db
      .select({ jobId: retrainingCycles.jobId })
      .from(retrainingCycles)
      .where(eq(retrainingCycles.id, cycleId));
    if (!cycle?.jobId) return [];
    const found = await family(`LEEWAY_LAUNCH=${cycle.jobId}-`);
    // Before the program runs there is little to lose.
    if (!found.some(({ command }) => command.includes("retrain.py") && !command.includes("leeway_run.py"))) return [];
    if (target === "engine") return found.map(({ pid }) => pid);
    // The guard is a child of the wrapper; the shell around both is none of them.
    const wrappers = found.filter(({ command }) => command.includes("leeway_run.py") && !command.includes("/bin/sh"));
    const pids = new Set(wrappers.map(({ pid }) => pid));
    return wrappers.filter(({ parent }) => !pids.has(parent)).map(({ pid }) => pid);
  }

  private async restartPostgres(): Promise<void> {
    const { postgres, random } = this.killed;
    await pause(500 + random() * 2_000);
    const { dataFolder, logFile, running } = postgres;
    postgres.running = await startEmbeddedPostgres({ dataFolder, logFile, port: running.port });
  }

  /** Holds the worker, so that what is requested stays so. @returns what lets it go on */
  async holdWorker(): Promise<() => void> {
    const pid = await roleProcess(this.killed.supervisor, "worker");
    signal([pid], "SIGSTOP");
    return () => signal([pid], "SIGCONT");
  }
}

function isUp(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
