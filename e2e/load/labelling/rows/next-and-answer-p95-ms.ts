import { performance } from "node:perf_hooks";
import { openDatabase } from "#db/client.ts";
import { migrateDatabase } from "#db/migrate.ts";
import { startTemporaryPostgres } from "#db/temporary.ts";
import type { Context } from "#server/base/context.ts";
import { answerLabelTask } from "#server/improve/labelling/answers/answer-label-task.ts";
import { createLabelProject } from "#server/improve/labelling/projects/create-label-project.ts";
import { getLabelProject } from "#server/improve/labelling/projects/queries.ts";
import { nextLabelTask } from "#server/improve/labelling/queue/next-label-task.ts";
import { addTasks } from "#server/improve/labelling/tasks/add-tasks.ts";
import { seededRandom } from "#server/stats/random.ts";
import { findLabellingViolations } from "#server/testing/fixtures/labelling/testing.ts";
import { newMember, newWorkspace } from "#server/testing/testing.ts";
import { atLeast, atMost, type Row } from "../../report.ts";

const [people, perCall] = [8, 10_000];
const tasks = Number(process.env.LABEL_TASKS ?? 1_000_000);
const seconds = 30;
const classes = ["a", "b", "c", "d", "e"];
/** Answers before the measurement: the queue has a past then, and caches are warm. */
const warmUp = 200;

/**
 * Adds a million tasks to a project, then lets eight people label as fast as they can, on a database of its own: how long a next task and
 * its answer take together, how many there are per second, and what counting the project costs.
 */
export async function measure(): Promise<Row[]> {
  const postgres = await startTemporaryPostgres();
  const database = openDatabase(postgres.url, { max: people + 2, name: "leeway-load" });
  try {
    await migrateDatabase(database.pool);
    const ctx = await newWorkspace(database.db);
    const { id: projectId } = await createLabelProject(ctx, { name: "load", taskKind: "class", classes });
    const addedPerSecond = await add(ctx, projectId);
    await database.db.execute("vacuum analyze label_tasks");
    const annotators = await Promise.all(Array.from({ length: people }, () => newMember(ctx)));
    const times = await label(annotators, projectId);
    const counting = await timeOf(() => getLabelProject(ctx, projectId));
    const violations = await findLabellingViolations(ctx, projectId);
    for (const violation of violations.slice(0, 10)) console.log(violation);
    const at = (share: number) => times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? Number.NaN;
    console.log(`p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms, ${times.length} answers.`);
    return [
      atMost(50, { name: "next-and-answer-p95-ms", unit: "ms", leeway: at(0.95) }),
      atLeast(200, { name: "next-and-answer, per second", unit: "answers/s", leeway: times.length / seconds }),
      atLeast(10_000, { name: "add-tasks", unit: "tasks/s", leeway: addedPerSecond }),
      atMost(20, { name: "label-project-counts", unit: "ms", leeway: counting }),
      atMost(0, { name: "label tasks over-assigned or miscounted", unit: "", leeway: violations.length }),
    ];
  } finally {
    await database.close();
    await postgres.stop();
  }
}

async function add(ctx: Context, projectId: number): Promise<number> {
  const random = seededRandom(19);
  const start = performance.now();
  for (let from = 0; from < tasks; from += perCall) {
    await addTasks(ctx, {
      projectId,
      tasks: Array.from({ length: perCall }, (_, at) => ({
        item: `request-${from + at}`,
        data: { text: `parcel ${from + at}`, weight: at },
        source: at % 5 === 0 ? ("audit" as const) : ("uncertain" as const),
        rank: -Math.log(Math.max(1e-6, random())),
        reason: "The two most probable classes are close.",
      })),
    });
  }
  return (tasks / (performance.now() - start)) * 1000;
}

/** Lets people label until the time is over. @returns milliseconds of each next task with its answer */
async function label(annotators: readonly Context[], projectId: number): Promise<number[]> {
  const times: number[] = [];
  let count = 0;
  let startedAt = Number.POSITIVE_INFINITY;
  await Promise.all(
    annotators.map(async (ctx, index) => {
      const random = seededRandom(index);
      while (performance.now() < startedAt + seconds * 1000) {
        const start = performance.now();
        const { task } = await nextLabelTask(ctx, { projectId });
        if (!task) throw new Error("The queue is empty.");
        const likely = classes[task.id % classes.length] ?? "a";
        const label = random() < 0.9 ? likely : (classes[Math.floor(random() * classes.length)] ?? "a");
        await answerLabelTask(ctx, { projectId, taskId: task.id, value: { kind: "class", label }, spentMs: 900 });
        count += 1;
        if (count === warmUp) startedAt = performance.now();
        if (count > warmUp) times.push(performance.now() - start);
      }
    }),
  );
  return times;
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 9; run += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[4] ?? Number.NaN;
}
