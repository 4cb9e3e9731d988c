import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#db/embedded.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { Random } from "#server/stats/random.ts";
import { waitFor } from "../../suite/stack.ts";
import { roleProcess } from "../chaos/faults.ts";
import type { Ledger } from "./ledger.ts";
import { signal } from "./processes.ts";
import type { Copy, RayHead } from "./ray-head.ts";
import type { Answer, Hooks, Passing } from "./relay.ts";

/** Crash points of docs/spec/training.md section 2, each hit by what passes at that moment. */
const points = {
  "worker-before-submit": { at: "before", call: /^POST \/api\/jobs\/$/, kills: "worker", cuts: true },
  "worker-after-submit": { at: "after", call: /^POST \/api\/jobs\/$/, kills: "worker", cuts: true },
  "start-unanswered": { at: "after", call: /^POST \S+\/start$/, kills: undefined, cuts: true },
  "web-at-start": { at: "after", call: /^POST \S+\/start$/, kills: "web", cuts: true },
  "web-before-end": { at: "before", call: /^POST \S+\/end$/, kills: "web", cuts: true },
  "web-after-end": { at: "after", call: /^POST \S+\/end$/, kills: "web", cuts: true },
  "worker-after-end": { at: "after", call: /^POST \S+\/end$/, kills: "worker", cuts: false },
  "web-at-checkpoint": { at: "after", call: /^POST \S+\/checkpoints$/, kills: "web", cuts: true },
  "web-in-log": { at: "after", call: /^POST \S+\/log\?/, kills: "web", cuts: true },
} as const satisfies Record<string, { at: keyof Hooks; call: RegExp; kills: Role | undefined; cuts: boolean }>;
type Point = keyof typeof points;

type Role = "web" | "worker";

export interface Killed {
  supervisor: number;
  /** Health of both roles. */
  urls: Record<Role, string>;
  postgres: { running: EmbeddedPostgres; dataFolder: string; logFile: string };
  db: Database;
  ray: RayHead;
  /** Says which copies have saved: three ends in a row without that end a job, as they should. */
  ledger: Pick<Ledger, "hasSaved">;
  random: Random;
  /** Launches whose copy is held for a while. */
  held: Set<string>;
}

/** Kills everything that training jobs depend on, one after the other, and counts it. */
export class Kills {
  readonly counts = new Map<string, number>();
  /** Copies that ran on after they were replaced, in words. */
  readonly left: string[] = [];
  private readonly armed = new Set<Point>();
  private readonly killed: Killed;

  constructor(killed: Killed) {
    this.killed = killed;
  }

  /** What relays do at crash points. */
  readonly hooks = {
    before: (passing: Passing) => this.reach("before", passing),
    after: (passing: Passing, { status }: Answer) => (status === 200 ? this.reach("after", passing) : true),
  };

  private async reach(at: "before" | "after", { method, path }: Passing): Promise<boolean> {
    const call = `${method} ${path}`;
    const name = [...this.armed].find((one) => points[one].at === at && points[one].call.test(call));
    if (!name) return true;
    this.armed.delete(name);
    const point = points[name];
    if (point.kills) await this.killRole(point.kills);
    this.count(name);
    return !point.cuts;
  }

  /** Leeway and its Postgres, at random moments and at crash points: everything once, then until the signal. */
  async ofLeeway(over: AbortSignal): Promise<void> {
    const { random, urls } = this.killed;
    const turns = ["worker", "web", "postgres", ...(Object.keys(points) as Point[])] as const;
    await this.anyCopy(120_000);
    for (let round = 0; round === 0 || !over.aborted; round += 1) {
      for (const turn of shuffled(turns, random)) {
        if (round > 0 && over.aborted) break;
        await pause(1_000 + random() * 2_000);
        if (turn === "postgres") await this.killPostgres();
        else if (turn === "worker" || turn === "web") {
          await this.killRole(turn);
          this.count(turn);
        } else await this.arm(turn);
        for (const url of Object.values(urls)) await waitFor(() => isUp(url), 120_000);
      }
      if (round === 0) await this.untilReached(2 * minuteMs);
    }
    this.armed.clear();
  }

  /** Waits for what a crash point is about, for 10 s; it may come later. */
  private async arm(point: Point): Promise<void> {
    this.armed.add(point);
    for (let turn = 0; turn < 100 && this.armed.has(point); turn += 1) await pause(100);
  }

  private async untilReached(limitMs: number): Promise<void> {
    for (const giveUpAt = Date.now() + limitMs; this.armed.size > 0 && Date.now() < giveUpAt; ) await pause(100);
  }

  private async killRole(role: Role): Promise<void> {
    const pid = await roleProcess(this.killed.supervisor, role).catch(() => undefined);
    if (pid !== undefined) signal([pid], "SIGKILL");
  }

  private async killPostgres(): Promise<void> {
    const { postgres, random } = this.killed;
    signal([postgres.running.pid], "SIGKILL");
    this.count("postgres");
    await pause(500 + random() * 2_500);
    const { dataFolder, logFile, running } = postgres;
    postgres.running = await startEmbeddedPostgres({ dataFolder, logFile, port: running.port });
  }

  /** Ray and what runs on it: everything once, then until the signal. */
  async ofRay(over: AbortSignal): Promise<void> {
    const { random } = this.killed;
    const turns = ["driver", "wrapper", "guard", "program", "frozen", "agent", "head", "machine"] as const;
    await this.anyCopy(120_000);
    for (let round = 0; round === 0 || !over.aborted; round += 1) {
      for (const turn of shuffled(turns, random)) {
        if (round > 0 && over.aborted) break;
        await pause(2_000 + random() * 3_000);
        if (turn === "agent" || turn === "head" || turn === "machine") await this.killRay(turn);
        else if (turn === "frozen") await this.freeze();
        else await this.killOne(turn);
      }
    }
  }

  /** A copy whose program runs and has saved; undefined where there is none for so long. */
  private async anyCopy(limitMs = 60_000): Promise<Copy | undefined> {
    const { random } = this.killed;
    for (const giveUpAt = Date.now() + limitMs; Date.now() < giveUpAt; ) {
      const saved = (await this.runningCopies()).filter(({ hasSaved }) => hasSaved);
      const copy = saved[Math.floor(random() * saved.length)];
      if (copy) return copy;
      await pause(500);
    }
    return undefined;
  }

  private async runningCopies(): Promise<(Copy & { hasSaved: boolean })[]> {
    const { ray, ledger } = this.killed;
    return (await ray.copies())
      .filter(({ program, wrapper, guard }) => program && wrapper && guard)
      .map((copy) => ({ ...copy, hasSaved: ledger.hasSaved(copy.launch) }));
  }

  /** Waits until some copies run and each has saved, for two minutes. */
  private async untilSaved(): Promise<void> {
    for (const giveUpAt = Date.now() + 2 * minuteMs; Date.now() < giveUpAt; await pause(500)) {
      const running = await this.runningCopies();
      if (running.length > 1 && running.every(({ hasSaved }) => hasSaved)) return;
    }
  }

  private async killOne(part: "driver" | "wrapper" | "guard" | "program"): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) {
      // One whose parent is not Ray's is an orphan of a head that is gone.
      const pid = (await this.anyCopy())?.[part];
      if (pid !== undefined && pid > 1) {
        signal([pid], "SIGKILL");
        this.count(part);
        return;
      }
      await pause(1_000);
    }
  }

  /** Stops a copy as a machine that hangs does, until another took its place; then it comes back, and must find that out. */
  private async freeze(): Promise<void> {
    const { db, held } = this.killed;
    // After a head was killed, all copies start anew.
    const copy = await this.anyCopy(3 * minuteMs);
    if (!copy) return;
    const { launch, wrapper = 0, guard = 0, program = 0 } = copy;
    const pids = [guard, program, wrapper].filter((pid) => pid > 1);
    const job = launch.replace(/-\d+$/, "");
    signal(pids, "SIGSTOP");
    held.add(launch);
    try {
      // It is a matter of five minutes; what is to be seen here is what follows.
      await retried(() =>
        db.execute(sql`
          update training_attempts set heartbeat_at = heartbeat_at - interval '6 minutes'
          where job_id = ${job} and fenced_at is null and report is null`),
      );
      await untilFenced(db, launch);
    } finally {
      held.delete(launch);
      signal(pids, "SIGCONT");
    }
    this.count("frozen");
    void this.untilGone(launch, pids);
  }

  private async untilGone(launch: string, pids: number[]): Promise<void> {
    for (let turn = 0; turn < 90; turn += 1) {
      const running = new Set((await this.killed.ray.all()).map(({ pid }) => pid));
      if (!pids.some((pid) => running.has(pid))) return;
      await pause(1_000);
    }
    this.left.push(`The old copy of ${launch} runs 90 s after it came back.`);
  }

  /** @param how agent: the node's agent alone. head: all of Ray, while programs run on. machine: everything at once */
  private async killRay(how: "agent" | "head" | "machine"): Promise<void> {
    const { ray, random } = this.killed;
    const pidsOf = (found: { pid: number }[]) => found.map(({ pid }) => pid);
    await this.untilSaved();
    if (how === "agent") {
      const agents = (await ray.own()).filter(({ command }) => /dashboard\/agent\.py|DashboardAgent/.test(command));
      if (agents.length === 0) return;
      signal(pidsOf(agents), "SIGKILL");
      // What is left of Ray says that everything runs.
      await pause(8_000 + random() * 4_000);
    }
    signal(pidsOf(await (how === "machine" ? ray.all() : ray.own())), "SIGKILL");
    this.count(how);
    await pause(500 + random() * 3_000);
    // What was being started when the others were killed.
    signal(pidsOf(await ray.own()), "SIGKILL");
    await ray.start();
  }

  private count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    console.log(`fault: ${name}`);
  }

  /** What is to be hit at least once each. */
  static readonly all: readonly string[] = [
    "worker",
    "web",
    "postgres",
    "driver",
    "wrapper",
    "guard",
    "program",
    "frozen",
    "agent",
    "head",
    "machine",
    ...Object.keys(points),
  ];
}

async function untilFenced(db: Database, launch: string): Promise<void> {
  const [, job = "", number = ""] = /^(.*)-(\d+)$/.exec(launch) ?? [];
  await waitFor(async () => {
    const { rows } = await db.execute<{ left: number }>(sql`
      select count(*)::int as left from training_attempts
      where job_id = ${job} and launch = ${Number(number)} and fenced_at is null`);
    return rows[0]?.left === 0;
  }, 60_000).catch(() => undefined);
}

/** Repeats what Postgres does not answer while it is killed. */
async function retried<Of>(work: () => Promise<Of>): Promise<Of> {
  for (let turn = 0; ; turn += 1) {
    try {
      return await work();
    } catch (error) {
      if (turn >= 60) throw error;
      await pause(500);
    }
  }
}

function shuffled<Of>(values: readonly Of[], random: Random): Of[] {
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

function isUp(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(3_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
