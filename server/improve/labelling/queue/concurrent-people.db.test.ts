import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import { seededRandom } from "#server/stats/random.ts";
import { answerWith, findLabellingViolations, newLabelProject } from "#server/testing/fixtures/labelling/testing.ts";
import { newMember, newWorkspace } from "#server/testing/testing.ts";
import { undoAnswer } from "../answers/undo-answer.ts";
import { getLabelProject } from "../projects/queries.ts";
import { addTasks } from "../tasks/add-tasks.ts";
import { nextLabelTask } from "./next-label-task.ts";
import { releaseLabelTask } from "./release-label-task.ts";
import { renewLabelLeases } from "./renew-label-leases.ts";
import { skipLabelTask } from "./skip-label-task.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

const classes = ["a", "b", "c"];

/** A project whose tasks take one to three answers. */
async function newProject(ctx: Context, name: string, tasks: number): Promise<number> {
  const settings = { minAnswers: 1, maxAnswers: 3, overlapShare: 0.3, stop: 0.9 };
  const projectId = await newLabelProject(ctx, { name, classes, settings });
  await addTasks(ctx, {
    projectId,
    tasks: Array.from({ length: tasks }, (_, at) => ({ item: `${at}`, data: { at }, rank: at % 7 })),
  });
  return projectId;
}

/** What a person has answered last, by task: what must not be lost. */
type Given = Map<number, string>;

/** Labels as a hasty person with two windows does: steps of all kinds, two at a time. @returns what they have answered */
async function work(
  ctx: Context,
  { projectId, seed, steps }: { projectId: number; seed: number; steps: number },
): Promise<Given> {
  const random = seededRandom(seed);
  const given: Given = new Map();
  let held: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    try {
      const choice = random();
      const taskId = held[Math.floor(random() * held.length)];
      if (held.length < 2 && choice < 0.5) {
        const { task } = await nextLabelTask(ctx, { projectId, except: held });
        if (task && !held.includes(task.id)) held.push(task.id);
      } else if (taskId !== undefined && choice < 0.85) {
        const label = classes[Math.floor(random() * 3)] ?? "a";
        const answer = () => answerWith(ctx, { projectId, taskId }, label);
        const calls: Promise<unknown>[] = [answer(), answer()];
        // The second window sends the same, and sometimes the next is asked for meanwhile, which may be refused. All of them end before
        // the next step, or a late answer would supersede the one of that step.
        if (random() < 0.3) calls.push(nextLabelTask(ctx, { projectId, except: held }));
        const outcomes = await Promise.allSettled(calls);
        if (outcomes.slice(0, 2).every(({ status }) => status === "fulfilled")) {
          given.set(taskId, label);
          held = held.filter((id) => id !== taskId);
        }
        const refused = outcomes.find((outcome) => outcome.status === "rejected");
        if (refused) throw refused.reason;
      } else if (taskId !== undefined && choice < 0.88) {
        await (choice < 0.865 ? skipLabelTask : releaseLabelTask)(ctx, { projectId, taskId });
        held = held.filter((id) => id !== taskId);
      } else if (choice < 0.92 && given.size > 0) {
        const { task, released } = await undoAnswer(ctx, { projectId });
        given.delete(task.id);
        held = [task.id, ...held.filter((id) => !released.includes(id))].slice(0, 2);
      } else if (choice < 0.96 && held.length > 0) {
        await renewLabelLeases(ctx, { projectId, taskIds: held });
      } else {
        // Leases lapse, as those of a laptop that sleeps: answers are kept nevertheless.
        await ctx.db.execute(
          sql`update label_leases set expires_at = now() - interval '1 second'
            where project_id = ${projectId} and person = ${ctx.actor.id}`,
        );
      }
    } catch (error) {
      if (!(error instanceof DomainError) || !["conflict", "not-found"].includes(error.code)) throw error;
    }
  }
  return given;
}

/** Answers that are not stored as they were given. */
async function findLost(ctx: Context, projectId: number, given: Given): Promise<number[]> {
  const { rows } = await ctx.db.execute<{ task: number; label: string }>(sql`
    select task_id as task, value ->> 'label' as label from label_answers
    where project_id = ${projectId} and person = ${ctx.actor.id} and superseded_at is null`);
  const stored = new Map(rows.map(({ task, label }) => [task, label]));
  return [...given].filter(([task, label]) => stored.get(task) !== label).map(([task]) => task);
}

test("never gives a task to more people than wanted nor loses an answer, while hasty people work at once", async () => {
  const ctx = await newWorkspace(db);
  const projectId = await newProject(ctx, "hasty", 120);
  const people = await Promise.all(Array.from({ length: 6 }, () => newMember(ctx)));
  let isWatching = true;
  const violations: unknown[] = [];
  const watch = async () => {
    while (isWatching) {
      const { rows } = await db.execute(sql`
        select id from label_tasks where project_id = ${projectId} and (taken > wanted or taken < 0)`);
      violations.push(...rows);
      await db.execute(sql`select pg_sleep(0.02)`);
    }
  };
  const watching = watch();
  const given = await Promise.all(people.map((person, seed) => work(person, { projectId, seed, steps: 90 })));
  isWatching = false;
  await watching;
  expect(violations).toEqual([]);
  expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  const lost = await Promise.all(people.map((person, at) => findLost(person, projectId, given[at] ?? new Map())));
  expect(lost.flat()).toEqual([]);
  expect(given.reduce((sum, { size }) => sum + size, 0)).toBeGreaterThan(100);
  const { counts } = await getLabelProject(ctx, projectId);
  expect(counts.settled + counts.review).toBeGreaterThan(20);
});

/** A context whose statements fail from the n-th on, as they do for a process that dies. */
function dyingAfter(ctx: Context, statements: number): Context {
  let left = statements;
  const wrap = <Of extends object>(target: Of): Of =>
    new Proxy(target, {
      get(of, key) {
        const member = Reflect.get(of, key, of);
        if (typeof member !== "function") return member;
        if (key === "transaction") {
          return (run: (inner: object) => unknown) => Reflect.apply(member, of, [(inner: object) => run(wrap(inner))]);
        }
        if (!["execute", "select", "insert", "update", "delete"].includes(String(key))) return member.bind(of);
        return (...values: unknown[]) => {
          left -= 1;
          if (left < 0) throw new Error("killed");
          return Reflect.apply(member, of, values);
        };
      },
    });
  return { ...ctx, db: wrap(ctx.db) };
}

test("leaves everything as before or as after, whichever statement a process dies at", async () => {
  const ctx = await newWorkspace(db);
  const projectId = await newProject(ctx, "dying", 40);
  const other = await newMember(ctx);
  let survived = 0;
  for (let statements = 0; statements < 40 && survived < 3; statements += 1) {
    const { task } = await nextLabelTask(ctx, { projectId });
    if (!task) break;
    const taskId = task.id;
    const dying = dyingAfter(ctx, statements);
    const calls = [
      () => nextLabelTask(dying, { projectId, except: [taskId] }),
      () => answerWith(dying, { projectId, taskId }, "a"),
      () => undoAnswer(dying, { projectId }),
    ];
    let failures = 0;
    for (const call of calls) {
      await call().catch((error: Error) => {
        if (error.message !== "killed" && !(error instanceof DomainError)) throw error;
        failures += 1;
      });
      expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
    }
    // Repeating it does what did not happen, once.
    await answerWith(ctx, { projectId, taskId }, "a");
    await answerWith(other, { projectId, taskId }, "a");
    expect(await findLost(ctx, projectId, new Map([[taskId, "a"]]))).toEqual([]);
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
    if (failures === 0) survived += 1;
  }
  expect(survived).toBeGreaterThan(0);
});
