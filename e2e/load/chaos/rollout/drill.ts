import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { seededRandom, shuffled } from "#server/stats/random.ts";
import { waitFor } from "../../../suite/stack.ts";
import { contradictions } from "./chain.ts";
import { killInside, type PlannedKill, plannedKills } from "./kills.ts";
import type { Role, RoleName } from "./roles.ts";
import { readSnapshots, type Snapshot } from "./snapshot.ts";

/** A kill that was done. Times in milliseconds since 1970. */
export interface Kill {
  name: string;
  role: RoleName;
  deadAt: number;
  /** Time of the restart. */
  startedAt: number;
}

interface DrillParts {
  /** One looks, the other locks. */
  clients: readonly [pg.Client, pg.Client];
  roles: readonly Role[];
  seed: number;
  /** Called when the set of running gateways has changed. */
  turn: () => void;
}

const evaluationIntervalMs = 25;
const maxAwayMs = 3_000;

/** Checks all rollouts continuously for inconsistencies, and kills roles at planned times. */
export class Drill {
  readonly kills: Kill[] = [];
  readonly wrong = new Set<string>();
  /** Number of checks of the database. */
  peeks = 0;
  /** Whether no more rollouts should be started. */
  isEnding = false;
  private readonly parts: DrillParts;
  private readonly random: () => number;
  private readonly seen = new Map<string, Snapshot>();
  private readonly stopped = new AbortController();

  constructor(parts: DrillParts) {
    this.parts = parts;
    this.random = seededRandom(parts.seed);
  }

  /** Continues until `end` is called. */
  async watch(): Promise<void> {
    for (; !this.stopped.signal.aborted; await pause(evaluationIntervalMs)) {
      for (const snapshot of await readSnapshots(this.parts.clients[0])) {
        for (const words of contradictions(snapshot, this.seen.get(snapshot.id))) {
          const received = `${snapshot.endpoint} ${snapshot.id}: ${words}`;
          if (!this.wrong.has(received)) console.log(`WRONG: ${received}`);
          this.wrong.add(received);
        }
        this.seen.set(snapshot.id, snapshot);
      }
      this.peeks += 1;
    }
  }

  async end(watching: Promise<void>): Promise<void> {
    this.stopped.abort();
    await watching;
  }

  /** Returns the latest snapshots of all rollouts. */
  snapshots(): Snapshot[] {
    return [...this.seen.values()];
  }

  snapshot(id: string): Snapshot | undefined {
    return this.seen.get(id);
  }

  /** Does every planned kill so many times, one after the other, whichever has its moment first. */
  async killAll(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      const order = shuffled(plannedKills.length, this.random);
      const left = order.map((index) => plannedKills[index] as PlannedKill);
      while (left.length > 0 && !this.stopped.signal.aborted) {
        const index = left.findIndex((kill) => this.isTimeFor(kill));
        const [kill] = index < 0 ? [] : left.splice(index, 1);
        if (!kill) await pause(5);
        else if (!(await this.kill(kill))) left.push(kill);
      }
    }
  }

  /** Takes both gateways away. */
  async killGateways(): Promise<void> {
    for (const role of this.gateways()) await role.kill(undefined);
    this.parts.turn();
  }

  async startGateways(): Promise<void> {
    await Promise.all(this.gateways().map((role) => role.start()));
    this.parts.turn();
  }

  private gateways(): Role[] {
    return this.parts.roles.filter(({ name }) => name !== "worker");
  }

  private isTimeFor({ isTime, name }: PlannedKill): boolean {
    // A rollout that ended earlier does not count as "just after".
    const isNew = ({ decisions }: Snapshot) => Date.now() - (decisions.at(-1)?.at ?? 0) < 1_500;
    return this.snapshots().some((one) => isTime(one) && (!name.startsWith("after") || isNew(one)));
  }

  /** Performs a planned kill. @returns whether it was done */
  private async kill({ name, role: roleName, isInside }: PlannedKill): Promise<boolean> {
    const role = this.parts.roles.find((one) => one.name === roleName) as Role;
    const away = 500 + this.random() * maxAwayMs;
    if (isInside) {
      if (!(await killInside(this.parts.clients[1], role, away))) return false;
    } else {
      // Picks a random moment within the second between two evaluations, except for kills that must happen immediately.
      if (!name.startsWith("after")) await pause(this.random() * 1_000);
      await role.kill(away);
    }
    this.parts.turn();
    const deadAt = Date.now();
    this.kills.push({ name, role: roleName, deadAt, startedAt: deadAt + away });
    console.log(`kill -9 ${roleName}: ${name}`);
    await waitFor(async () => role.isUp(), 240_000);
    this.parts.turn();
    return true;
  }
}
