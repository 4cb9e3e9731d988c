import { setTimeout as pause } from "node:timers/promises";
import { type Exchange, exchange } from "./exchange.ts";
import type { DrillFixture } from "./fixture.ts";
import { beginTrash, endTrash, type LoggedExperiment, type LoggedRun } from "./ledger.ts";

type Item = LoggedRun | LoggedExperiment;

/** Every third run or experiment may be purged; the others come back from the trash. */
export const isMortal = ({ number }: Item): boolean => number % 3 === 0;

const isRun = (item: Item): item is LoggedRun => "experiment" in item;

/** Whether an item was deleted and not restored since. */
export function isDeleted({ trash }: Item): boolean {
  const last = trash.at(-1);
  return last !== undefined && last.restoredAt === Number.POSITIVE_INFINITY;
}

/** Whether nobody changes an item, or what it is part of or has as parts, at the moment. */
function isFree(item: Item, runs: readonly LoggedRun[]): boolean {
  if (item.isChanging || item.isReserved || item.purgedAt) return false;
  if (isRun(item)) return !item.experiment.isChanging && !item.experiment.isReserved && !isDeleted(item.experiment);
  return !runs.some((run) => run.experiment === item && (run.isChanging || (run.isReserved && !run.purgedAt)));
}

/** Draws a run or an experiment that nobody changes, and on which the change has an effect; undefined if there is none. */
export function draw<Kind extends Item>(
  { ledger, random }: DrillFixture,
  items: readonly Kind[],
  isFit: (item: Kind) => boolean,
): Kind | undefined {
  const fit = items.filter((item) => isFree(item, ledger.runs) && isFit(item));
  return fit[Math.floor(random() * fit.length)];
}

/** Performs a change while nothing else changes the item. */
async function change(item: Item, work: () => Promise<void>): Promise<void> {
  item.isChanging = true;
  try {
    await work();
  } finally {
    item.isChanging = false;
  }
}

/** Moves a run or an experiment to the trash. */
export function remove({ target, answers }: DrillFixture, item: Item): Promise<void> {
  const [path, body] = isRun(item)
    ? (["runs/delete", { run_id: item.id }] as const)
    : (["experiments/delete", { experiment_id: item.id }] as const);
  return change(item, async () => {
    const end = beginTrash(item);
    const answer = await exchange(target, "POST", `/api/2.0/mlflow/${path}`, body);
    answers.note(path, answer, false);
    end(answer.status === 200);
  });
}

/** Brings a run or an experiment back from the trash. */
function restore({ target, answers }: DrillFixture, item: Item): Promise<void> {
  const [path, body] = isRun(item)
    ? (["runs/restore", { run_id: item.id }] as const)
    : (["experiments/restore", { experiment_id: item.id }] as const);
  return change(item, async () => {
    const end = endTrash(item);
    const answer = await exchange(target, "POST", `/api/2.0/mlflow/${path}`, body);
    answers.note(path, answer, false);
    end(answer.status === 200);
  });
}

/** Requests to purge a deleted run or experiment, and sometimes to restore it at the same time, of which one must be rejected. */
export function purge(fixture: DrillFixture, item: Item, withRestore = false): Promise<void> {
  const { target, answers, wrong } = fixture;
  const body = { kind: isRun(item) ? "run" : "experiment", id: item.id, reason: "Drill" };
  return change(item, async () => {
    // From now on a restoration may win, but the drill sends none before the response.
    const answer = await exchange(target, "POST", "/api/v1/trash/purges", body);
    answers.note("purge", answer, false);
    if (answer.status !== 202) return;
    item.purgedAt = answer.answeredAt;
    if (!withRestore) return;
    const path = isRun(item) ? "runs/restore" : "experiments/restore";
    const ids = isRun(item) ? { run_id: item.id } : { experiment_id: item.id };
    const restored = await exchange(target, "POST", `/api/2.0/mlflow/${path}`, ids);
    answers.note(`${path} while purged`, restored, true);
    if (restored.status === 200) wrong(`${body.kind} ${item.id} was restored while it was being purged`);
  });
}

let nextExperiment = 0;

/** Creates an experiment. @throws Error when that fails */
export async function addExperiment({ target, ledger, answers }: DrillFixture): Promise<LoggedExperiment> {
  const number = nextExperiment;
  nextExperiment += 1;
  const body = { name: `drill-${number}`, tags: [{ key: "drill", value: "experiment" }] };
  const answer: Exchange = await exchange(target, "POST", "/api/2.0/mlflow/experiments/create", body);
  answers.note("create experiment", answer, false);
  if (answer.status !== 200) throw new Error(`The experiment was not created: ${answer.message}`);
  const experiment = { number, id: String(answer.body.experiment_id), trash: [] };
  ledger.experiments.push(experiment);
  return experiment;
}

const minActive = 4;
const pauseMs = 250;

/** Weights of the changes, by which they are drawn. */
const changes: readonly [number, (fixture: DrillFixture) => Promise<unknown>][] = [
  [
    22,
    async (fixture) =>
      maybe(
        draw(fixture, fixture.ledger.runs, (run) => !isDeleted(run)),
        (run) => remove(fixture, run),
      ),
  ],
  [22, async (fixture) => maybe(draw(fixture, fixture.ledger.runs, isDeleted), (run) => restore(fixture, run))],
  [
    10,
    async (fixture) => {
      const run = draw(fixture, fixture.ledger.runs, (one) => isDeleted(one) && isMortal(one));
      await maybe(run, (run) => purge(fixture, run, fixture.random() < 0.3));
    },
  ],
  [
    4,
    async (fixture) => {
      const isActive = (one: LoggedExperiment) => !isDeleted(one);
      if (fixture.ledger.experiments.filter(isActive).length <= minActive) await addExperiment(fixture);
      await maybe(draw(fixture, fixture.ledger.experiments, isActive), (one) => remove(fixture, one));
    },
  ],
  [6, async (fixture) => maybe(draw(fixture, fixture.ledger.experiments, isDeleted), (one) => restore(fixture, one))],
  [
    1,
    async (fixture) => {
      const one = draw(fixture, fixture.ledger.experiments, (one) => isDeleted(one) && isMortal(one));
      await maybe(one, (one) => purge(fixture, one, fixture.random() < 0.3));
    },
  ],
  [5, (fixture) => fixture.enqueue("pack-metrics")],
  [3, (fixture) => fixture.enqueue("shrink-metrics")],
  [3, (fixture) => fixture.enqueue("collect-artifacts")],
  [2, (fixture) => fixture.enqueue("purge-trash")],
];

async function maybe<Kind>(item: Kind | undefined, work: (item: Kind) => Promise<void>): Promise<void> {
  if (item !== undefined) await work(item);
}

/** Deletes, restores and purges at random, and lets the worker pack and shrink, until `signal` is aborted. */
export async function changeAtRandom(fixture: DrillFixture, signal: AbortSignal): Promise<void> {
  const total = changes.reduce((sum, [weight]) => sum + weight, 0);
  while (!signal.aborted) {
    await drawChange(fixture.random() * total)(fixture);
    await pause(pauseMs * (0.5 + fixture.random()));
  }
}

function drawChange(at: number): (fixture: DrillFixture) => Promise<unknown> {
  let left = at;
  for (const [weight, perform] of changes) {
    if (left < weight) return perform;
    left -= weight;
  }
  throw new Error("There are no changes.");
}
