import { setTimeout as pause } from "node:timers/promises";
import { asc, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { retrainingCycles, retrainingSteps } from "#db/schema/index.ts";
import { RetrainingCycleState } from "#server/improve/retraining/cycles/states.ts";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import type { Random } from "#server/stats/random.ts";
import type { DrilledState, Fault } from "./combinations.ts";
import type { Faults } from "./faults.ts";
import { model } from "./set-up.ts";

interface Driven {
  target: DemoTarget;
  approver: string;
  db: Database;
  faults: Faults;
  random: Random;
  /** Time without any progress after which a cycle is stuck, in milliseconds. */
  stuckMs: number;
  /** Usual durations of states in milliseconds, by which a fault comes at a random moment of its state. */
  durations: Map<string, number>;
}

interface Injected extends Fault {
  /** When it was killed, in milliseconds since 1970; undefined where its state had passed. */
  killedAt: number | undefined;
  /** Until everything answered again. */
  recoverySeconds: number;
  /** How long the cycle stayed in the state. */
  stateSeconds: number | undefined;
}

export interface DrivenCycle {
  number: number;
  /** State in which it ended; undefined where it did not. */
  end: RetrainingCycleState | undefined;
  isStuck: boolean;
  /** Whether a person has asked for its end. */
  isCancelled: boolean;
  seconds: number;
  faults: Injected[];
  words: string;
  /** States that it was in, and for how long. */
  steps: { state: string; seconds: number }[];
}

type CycleRow = typeof retrainingCycles.$inferSelect;
const states = RetrainingCycleState.options;
const isAtOrAfter = (state: RetrainingCycleState, other: RetrainingCycleState) =>
  states.indexOf(state) >= states.indexOf(other);

/** Requests a cycle, kills at the states of its faults, approves its candidate once it is asked for, and waits for the end. */
export async function driveCycle(driven: Driven, planned: readonly Fault[]): Promise<DrivenCycle> {
  const { db, faults } = driven;
  const startedAt = Date.now();
  const isHeld = planned.some(({ state }) => state === "requested");
  const release = isHeld ? await faults.holdWorker() : () => {};
  let row: CycleRow;
  try {
    row = await requestCycle(driven);
  } catch (error) {
    release();
    throw error;
  }
  const pending = [...planned];
  const done: DrivenCycle["faults"] = [];
  let progress = { state: row.state, at: Date.now() };
  let isApproved = false;
  while (row.endedAt === null) {
    const due = pending[0];
    if (due && isDue(due.state, row)) {
      pending.shift();
      done.push(await inject(driven, due, row, due.state === "requested" ? release : undefined));
      if (due.state === "requested") release();
      progress = { state: row.state, at: Date.now() };
    }
    if (row.state === "approving" && !isApproved && !pending.some(({ state }) => state === "approving")) {
      isApproved = await approve(driven, row.number);
    }
    await pause(pending.length > 0 ? 20 : 200);
    row = (await readCycle(db, row.id)) ?? row;
    if (row.state !== progress.state) progress = { state: row.state, at: Date.now() };
    if (Date.now() - progress.at > driven.stuckMs) break;
  }
  release();
  for (const fault of pending) done.push(missedOf(fault));
  const isStuck = row.endedAt === null;
  const words = isStuck ? describeStuck(row) : row.words;
  if (isStuck) await endStuck(driven, row);
  const steps = await readSteps(driven, row, done);
  return {
    number: row.number,
    end: isStuck ? undefined : row.state,
    isStuck,
    isCancelled: row.cancelRequest !== null,
    seconds: (Date.now() - startedAt) / 1000,
    faults: done,
    words,
    steps,
  };
}

/** A cancelled cycle is ended by a person while its job runs. A state that has passed is due too, and is missed. */
const isDue = (state: DrilledState, row: CycleRow) =>
  state === "cancelled" ? row.state === "training" && row.jobId !== null : isAtOrAfter(row.state, state);

const missedOf = (fault: Fault): Injected => ({
  ...fault,
  killedAt: undefined,
  recoverySeconds: 0,
  stateSeconds: undefined,
});

async function inject(driven: Driven, fault: Fault, row: CycleRow, killed?: () => void): Promise<Injected> {
  const { db, faults, random, durations } = driven;
  const { state, target } = fault;
  if (state === "cancelled") await act(driven, row.number, "end", driven.target.token);
  await pause(random() * 0.7 * (durations.get(state) ?? 0));
  const isStill = async () => {
    const now = await readCycle(db, row.id);
    return now !== undefined && (state === "cancelled" ? now.endedAt === null : now.state === state);
  };
  const aim = { cycleId: row.id, isStill, ...(killed && { killed }) };
  for (;;) {
    const hit = await faults.hit(target, aim);
    if (hit === "late") return missedOf(fault);
    // The program of a job begins some time after it was submitted.
    if (hit === "nothing") await pause(100);
    else {
      console.log(`cycle ${row.number}: killed ${target} at ${state}`);
      const recoverySeconds = ((hit.until ?? Date.now()) - hit.from) / 1000;
      return { ...missedOf(fault), killedAt: hit.from, recoverySeconds };
    }
  }
}

/**
 * Reads how long each state took, and notes that of disturbed ones with their faults, of others as usual. A kill after the end of its state, by
 * what Postgres stored, is none: the state had ended between the look and the kill.
 */
async function readSteps(
  { db, durations }: Driven,
  row: CycleRow,
  faults: readonly Injected[],
): Promise<DrivenCycle["steps"]> {
  const entered = await retried(() =>
    db
      .select({ state: retrainingSteps.state, at: retrainingSteps.at })
      .from(retrainingSteps)
      .where(eq(retrainingSteps.cycleId, row.id))
      .orderBy(asc(retrainingSteps.at)),
  );
  const steps = entered.flatMap(({ state, at }, index) => {
    const next = entered[index + 1];
    return next ? [{ state, endedAt: next.at.getTime(), seconds: (next.at.getTime() - at.getTime()) / 1000 }] : [];
  });
  for (const fault of faults) {
    const state = fault.state === "cancelled" ? "training" : fault.state;
    const step = steps.find((one) => one.state === state);
    if (step && fault.killedAt !== undefined && step.endedAt < fault.killedAt) fault.killedAt = undefined;
    if (step && fault.killedAt !== undefined) fault.stateSeconds = step.seconds;
  }
  const disturbed = new Set(faults.filter(({ killedAt }) => killedAt !== undefined).map(({ state }) => `${state}`));
  for (const { state, seconds } of steps) if (!disturbed.has(state)) durations.set(state, seconds * 1000);
  return steps;
}

/** Asks for a cycle. Where the answer is lost, a cycle that has entered since is the one that was asked for. */
async function requestCycle({ target, db }: Driven): Promise<CycleRow> {
  const before = await newestNumber(db);
  for (let attempt = 0; attempt < 60; attempt += 1) {
    await call(target.url, "POST", `/retraining-policies/${model}/cycles`, target.token, { reason: "Drill" });
    const [newest] = await retried(() => listCycles(db));
    if (newest && newest.number > before) return newest;
    await pause(1_000);
  }
  throw new Error("No cycle began within a minute.");
}

async function newestNumber(db: Database): Promise<number> {
  return (await retried(() => listCycles(db)))[0]?.number ?? 0;
}

const listCycles = async (db: Database) =>
  (await db.select().from(retrainingCycles)).sort((a, b) => b.number - a.number);

/** Reads a cycle; undefined while Postgres is away. */
async function readCycle(db: Database, id: string): Promise<CycleRow | undefined> {
  const [row] = await db
    .select()
    .from(retrainingCycles)
    .where(eq(retrainingCycles.id, id))
    .catch(() => []);
  return row;
}

/** @returns whether it is decided, which the cycle says itself where an answer was lost */
async function approve(driven: Driven, number: number): Promise<boolean> {
  const status = await call(...actionOf(driven, number, "approve"), driven.approver, { reason: "Drill" });
  return status === 200 || status === 409;
}

async function act(driven: Driven, number: number, action: "end", token: string): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const status = await call(...actionOf(driven, number, action), token, { reason: "Drill" });
    if (status >= 200 && status < 500 && status !== 429) return;
    await pause(500);
  }
}

const actionOf = ({ target }: Driven, number: number, action: string) =>
  [target.url, "POST", `/retraining-policies/${model}/cycles/${number}/${action}`] as const;

/** @returns the status; 0 without an answer */
async function call(url: string, method: string, path: string, token: string, body: object): Promise<number> {
  return fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  }).then(
    async (response) => {
      const text = await response.text();
      if (response.status >= 400 && response.status !== 409) console.log(`${path}: ${response.status} ${text}`);
      return response.status;
    },
    () => 0,
  );
}

async function endStuck(driven: Driven, { id, number }: CycleRow): Promise<void> {
  await act(driven, number, "end", driven.target.token);
  for (let turn = 0; turn < 120; turn += 1) {
    if ((await readCycle(driven.db, id))?.endedAt) return;
    await pause(1_000);
  }
  throw new Error(`Cycle ${number} is stuck, and cannot be ended either.`);
}

function describeStuck({ state, jobId, candidateVersion, comparison, gatesAt, approval, rolloutId }: CycleRow): string {
  const parts = { jobId, candidateVersion, comparison, gatesAt, approval, rolloutId };
  return `Stuck at ${state}: ${JSON.stringify(parts)}`;
}

async function retried<Of>(work: () => PromiseLike<Of>): Promise<Of> {
  for (let turn = 0; ; turn += 1) {
    try {
      return await work();
    } catch (error) {
      if (turn >= 120) throw error;
      await pause(500);
    }
  }
}
