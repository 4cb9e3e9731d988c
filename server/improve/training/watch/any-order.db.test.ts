import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { seededRandom } from "#server/stats/random.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { type Copy, TrainingWorld } from "#server/testing/fixtures/training/world-testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { JobLimits, openJobStates, type Seen } from "../contract.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

const limits = JobLimits.parse({ hours: 10_000, maxFailures: 100, maxPreemptions: 1_000, maxLosses: 100 });
const sayings: Omit<Seen, "at">[] = [
  { state: "waiting" },
  { state: "starting" },
  { state: "running" },
  { state: "ended", code: 0 },
  { state: "ended", code: 1 },
  { state: "ended", code: 143 },
  { state: "ended", signal: "SIGKILL" },
  { state: "gone" },
];

/** At most one attempt may write, its token alone is valid, and the newest manifest can be restored. */
async function check(world: TrainingWorld, where: string): Promise<number | undefined> {
  const { attempts, tokens } = await world.valid();
  expect(attempts.length, where).toBeLessThanOrEqual(1);
  expect(tokens, where).toBe(attempts.length);
  expect(await world.newestCheckpoint(), where).toBe(world.saved.at(-1));
  return attempts[0];
}

/** What a copy does is accepted exactly while its attempt is the valid one. */
async function tries(
  world: TrainingWorld,
  copy: Copy,
  valid: number | undefined,
  work: () => Promise<boolean>,
  where: string,
) {
  const isReported = (await world.attempts()).some(({ number, report }) => number === copy.number && report !== null);
  const isAccepted = await work();
  expect(isAccepted, where).toBe(copy.number === valid && !isReported);
}

test.each(Array.from({ length: 16 }, (_, seed) => seed))(
  "any order of failures leaves one valid attempt and every manifest, and the job ends (seed %i)",
  async (seed) => {
    const random = seededRandom(seed);
    const pick = <One>(all: readonly One[]): One => all[Math.floor(random() * all.length)] as One;
    const ctx = await newWorkspace(db);
    const { id } = await newTrainingJob(ctx, { limits });
    const world = new TrainingWorld(ctx, id);
    const anyCopy = () => (world.copies.length > 0 ? pick(world.copies) : undefined);
    const aliveCopy = () => {
      const alive = world.copies.filter(({ isAlive }) => isAlive);
      return alive.length > 0 ? pick(alive) : undefined;
    };
    let valid: number | undefined;
    const steps: Record<string, () => Promise<unknown>> = {
      "a round": () => world.round(),
      "two rounds": () => Promise.all([world.round(), world.round()]),
      "a worker killed before the submit": () => world.round("before the submit"),
      "a worker killed after the submit": () => world.round("after the submit"),
      "Postgres lost": () => world.round("before the commit"),
      "a start": async () => {
        const taken = [...world.taken.keys()];
        if (taken.length > 0) await world.start(pick(taken));
      },
      "a start whose answer is lost": async () => {
        const taken = [...world.taken.keys()];
        if (taken.length > 0) await world.start(pick(taken), { losesAnswer: true });
      },
      "two starts at once": async () => {
        const launch = [...world.taken.keys()].at(-1);
        if (launch) await Promise.all([world.start(launch), world.start(launch)]);
      },
      "a heartbeat": async () => {
        const copy = aliveCopy();
        if (copy) await tries(world, copy, valid, () => world.beat(copy), `heartbeat of ${copy.number}`);
      },
      "a checkpoint": async () => {
        const copy = aliveCopy();
        if (copy) await tries(world, copy, valid, () => world.save(copy), `checkpoint of ${copy.number}`);
      },
      "a metric of any program, dead or alive": async () => {
        const copy = anyCopy();
        if (copy) expect(await world.log(copy), `metric of ${copy.number}`).toBe(copy.number === valid);
      },
      "an end": async () => {
        const copy = aliveCopy();
        if (copy) await world.end(copy, pick([0, 1, 75, 137, 143]), random() < 0.4);
      },
      "a wrapper killed": async () => {
        const copy = aliveCopy();
        if (copy) copy.isAlive = false;
      },
      "the engine says something": () => world.say(pick(sayings)),
      "some time": () => world.pass(pick([20, 60, 100, 400])),
      "much time": () => world.pass(700),
    };
    const names = Object.keys(steps);
    for (let at = 0; at < 70; at += 1) {
      const name = pick(names);
      await steps[name]?.();
      valid = await check(world, `seed ${seed}, step ${at}: ${name}`);
    }
    // No more failures: the job goes on from what was saved, and ends.
    for (let at = 0; at < 40; at += 1) {
      await world.pass(700);
      await world.round();
      const { state, launches } = await world.job();
      if (!openJobStates.some((open) => open === state)) break;
      const launch = [...world.taken.keys()].at(-1);
      const copy = launch?.endsWith(`-${launches}`) ? await world.start(launch) : undefined;
      if (copy) {
        expect(await world.save(copy)).toBe(true);
        expect(await world.end(copy, 0)).toBe(true);
      }
      await check(world, `seed ${seed}, afterwards ${at}`);
    }
    const job = await world.job();
    expect(["finished", "failed"]).toContain(job.state);
    // Other ends: three attempts in a row that saved nothing, or an engine that says of a launch that it ended before it started.
    if (job.state === "failed") expect(job.message).toMatch(/before it could save|could not start it/);
    expect(await world.valid()).toEqual({ attempts: [], tokens: 0 });
    const finished = (await world.attempts()).filter(({ cause }) => cause === "finished");
    expect(finished).toHaveLength(job.state === "finished" ? 1 : 0);
  },
);
