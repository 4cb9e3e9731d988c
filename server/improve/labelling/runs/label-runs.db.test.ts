import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { labelAnnotators, labelAnswers, labelGolds, labelRuns, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { addLabelled, classValue, newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import type { LabelValue } from "../contract.ts";
import { createLabelProject } from "../projects/create-label-project.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { withinBytes } from "../tasks/within-bytes.ts";
import type { LabelRunResults } from "./contract.ts";
import { markLabelRunFailed, performLabelRun } from "./perform-label-run.ts";
import { getLabelRun, listLabelRuns, listSuspects } from "./queries.ts";
import { readRunInput } from "./read-run-input.ts";
import { relabelTasks } from "./relabel-tasks.ts";
import { requestLabelRun } from "./request-label-run.ts";

const noStore = {
  open: () => Promise.reject(new Error("no file is read")),
  stat: () => Promise.reject(new Error("no file is read")),
};

/** Twenty pictures whose model is sure; the labels of two contradict it. Ada and Ben answered half of them. */
async function labelled(ctx: Context) {
  const { id: projectId } = await newAnimalProject(ctx);
  const classes = ["cat", "dog", "fox"];
  const ids: number[] = [];
  for (let at = 0; at < 20; at += 1) {
    const actual = classes[at % 3] as string;
    const label = at < 2 ? (classes[(at + 1) % 3] as string) : actual;
    const probabilities = classes.map((name) => (name === actual ? 0.9 : 0.05));
    const given: Record<string, string> = { ada: label, ...(at % 2 === 0 && { ben: label }) };
    ids.push(await addLabelled(ctx, projectId, { item: `r${at}`, given, label, probabilities }));
  }
  return { projectId, ids };
}

async function computed(ctx: Context, projectId: number): Promise<LabelRunResults> {
  const { runId } = await requestLabelRun(ctx, { projectId });
  await performLabelRun(ctx, { runId }, noStore);
  return (await getLabelRun(ctx, { projectId, runId }))?.results as LabelRunResults;
}

test(
  "computes agreement, people and suspected errors of a project, and stores them",
  inWorkspace(async (ctx) => {
    const { projectId, ids } = await labelled(ctx);
    expect(await getLabelRun(ctx, { projectId })).toBeNull();
    expect(await listSuspects(ctx, { projectId })).toEqual({ suspects: [], total: 0, next: null });
    const results = await computed(ctx, projectId);
    expect(results).toMatchObject({ tasks: 20, answers: 30, people: 2, grade: "reliable", leftOut: 0 });
    expect(results.agreement).toMatchObject({ compared: 10, alpha: { value: 1 } });
    expect(results.byPerson.map(({ person, answers }) => [person, answers])).toEqual([
      ["ada", 20],
      ["ben", 10],
    ]);
    expect(results.noise).toMatchObject({ rows: 20, suspectedCount: 2 });
    expect(results.noise?.suspected.map(({ taskId, item }) => [taskId, item])).toEqual([
      [ids[0], "r0"],
      [ids[1], "r1"],
    ]);
    const [listed] = await listLabelRuns(ctx, { projectId });
    expect(listed).toMatchObject({ state: "done", alpha: 1, suspected: 2 });
    const { suspects, total } = await listSuspects(ctx, { projectId, limit: 1 });
    expect({ suspects, total }).toMatchObject({
      total: 2,
      suspects: [{ given: "dog", likely: "cat", state: "suspected" }],
    });
  }),
);

test(
  "leaves out superseded answers, dropped tasks and excluded people, and measures gold apart",
  inWorkspace(async (ctx) => {
    const { projectId, ids } = await labelled(ctx);
    const { workspaceId } = ctx.actor;
    await ctx.db
      .update(labelTasks)
      .set({ state: "dropped" })
      .where(eq(labelTasks.id, ids[4] as number));
    await ctx.db
      .update(labelAnswers)
      .set({ supersededAt: new Date() })
      .where(eq(labelAnswers.taskId, ids[6] as number));
    const gold = {
      taskId: ids[2] as number,
      workspaceId,
      projectId,
      value: classValue("fox"),
      createdBy: "Ada",
      madeBy: ["ada"],
    };
    await ctx.db.insert(labelGolds).values(gold);
    const golds = ["ada", "cy"].map((person) => {
      return {
        workspaceId,
        projectId,
        taskId: gold.taskId,
        person,
        value: classValue("cat"),
        guideline: 1,
        isGold: true,
      };
    });
    await ctx.db.insert(labelAnswers).values(golds.slice(1));
    await ctx.db.update(labelAnswers).set({ supersededAt: new Date() }).where(eq(labelAnswers.taskId, gold.taskId));
    await ctx.db.insert(labelAnswers).values(golds);
    await ctx.db
      .insert(labelAnnotators)
      .values({ workspaceId, projectId, person: "ben", name: "Ben", excludedAt: new Date() });
    const results = await computed(ctx, projectId);
    expect(results.answers).toBe(30 - 2 - 2 - 2);
    expect(results.agreement).toMatchObject({ compared: 0, alpha: { value: null } });
    expect(results.byPerson.find(({ person }) => person === "ben")).toMatchObject({ isExcluded: true });
    // Nobody is measured by a gold item of their own.
    expect(results.byPerson.find(({ person }) => person === "ada")?.gold.seen).toBe(0);
  }),
);

test(
  "reads as many answers and values as fit into memory, the oldest ones, and counts all others",
  inWorkspace(async (ctx) => {
    const { id } = await createLabelProject(ctx, { name: "calls", taskKind: "text" });
    const said = (text: string): LabelValue => ({ kind: "text", text: text.repeat(100) });
    for (const [at, given] of [["a", "b"], ["c"], ["d", "e"]].entries()) {
      const taskId = await addLabelled(ctx, id, { item: `call ${at}`, answers: given.length });
      const answer = { workspaceId: ctx.actor.workspaceId, projectId: id, taskId, guideline: 1 };
      await ctx.db
        .insert(labelAnswers)
        .values(given.map((text) => ({ ...answer, person: `person ${text}`, value: said(text) })));
    }
    const project = {
      id,
      taskKind: "text" as const,
      config: { ...(await findLabelProject(ctx, id)).config },
      settings: {},
    };
    const read = (limits: object) =>
      readRunInput(ctx, project, noStore, { tasks: 10, answers: 10, valuesLength: 10_000, ...limits });
    const all = await read({});
    expect([...all.answers.task]).toEqual([0, 0, 1, 2, 2]);
    expect(all.values).toEqual(["a", "b", "c", "d", "e"].map(said));
    expect(all.leftOut).toBe(0);
    const tasks = await read({ tasks: 2 });
    expect([...tasks.answers.task]).toEqual([0, 0, 1]);
    expect(tasks.leftOut).toBe(2);
    const values = await read({ valuesLength: 300 });
    expect(values.values).toEqual(["a", "b"].map(said));
    expect(values.leftOut).toBe(3);
    // Pages end after so many bytes, and have at least one row.
    const texts = sql`select n as id, repeat('x', 100) as text from generate_series(1, 10) as n where n > 4 order by n limit 5`;
    const page = async (bytes: number) =>
      (await ctx.db.execute(withinBytes(texts, sql`octet_length(text)`, bytes))).rows;
    expect((await page(250)).map(({ id }) => id)).toEqual([5, 6, 7]);
    expect(await page(1)).toHaveLength(1);
  }),
);

test(
  "joins a waiting run, restarts one whose worker died, and does nothing for a finished one",
  inWorkspace(async (ctx) => {
    const { projectId } = await labelled(ctx);
    const { runId } = await requestLabelRun(ctx, { projectId });
    expect(await requestLabelRun(ctx, { projectId })).toEqual({ runId });
    // A worker that died has left it running.
    await ctx.db.update(labelRuns).set({ state: "running", startedAt: new Date(0) });
    await performLabelRun(ctx, { runId }, noStore);
    const first = await getLabelRun(ctx, { projectId });
    expect(first).toMatchObject({ id: runId, state: "done", startedAt: new Date(0) });
    await performLabelRun(ctx, { runId }, noStore);
    await markLabelRunFailed(ctx, { runId, reason: "Too late." });
    expect((await getLabelRun(ctx, { projectId }))?.finishedAt).toEqual(first?.finishedAt);
    const { runId: next } = await requestLabelRun(ctx, { projectId });
    await markLabelRunFailed(ctx, { runId: next, reason: "Out of memory." });
    expect((await listLabelRuns(ctx, { projectId }))[0]).toMatchObject({
      state: "failed",
      problem: "The label run failed repeatedly. Out of memory. Start another one.",
    });
    expect((await getLabelRun(ctx, { projectId }))?.id).toBe(runId);
  }),
);

test(
  "changes no label by itself; accepted errors are offered again and need one more answer",
  inWorkspace(async (ctx) => {
    const { projectId, ids } = await labelled(ctx);
    await computed(ctx, projectId);
    const task = async (at: number) => {
      const [row] = await ctx.db
        .select()
        .from(labelTasks)
        .where(eq(labelTasks.id, ids[at] as number));
      return row;
    };
    expect(await task(0)).toMatchObject({ state: "settled", source: "audit" });
    expect(await relabelTasks(ctx, { projectId, taskIds: [ids[0] as number, 999_999] })).toEqual({ reopened: 1 });
    expect(await task(0)).toMatchObject({
      state: "open",
      source: "suspected",
      selection: "audit",
      least: 3,
      wanted: 3,
    });
    expect(await task(1)).toMatchObject({ state: "settled" });
    expect((await listSuspects(ctx, { projectId })).suspects.map(({ state }) => state)).toEqual([
      "relabelling",
      "suspected",
    ]);
    expect(await relabelTasks(ctx, { projectId, taskIds: [ids[0] as number] })).toEqual({ reopened: 0 });
    await expect(relabelTasks(as(ctx, "viewer"), { projectId, taskIds: [1] })).rejects.toMatchObject({
      code: "forbidden",
    });
  }),
);

test(
  "shows and runs nothing of another workspace",
  inWorkspace(async (ctx) => {
    const { projectId, ids } = await labelled(ctx);
    const { runId } = await requestLabelRun(ctx, { projectId });
    const other = await newWorkspace(ctx.db);
    await performLabelRun(other, { runId }, noStore);
    expect((await listLabelRuns(ctx, { projectId }))[0]?.state).toBe("waiting");
    for (const call of [
      () => listLabelRuns(other, { projectId }),
      () => getLabelRun(other, { projectId }),
      () => listSuspects(other, { projectId }),
      () => requestLabelRun(other, { projectId }),
      () => relabelTasks(other, { projectId, taskIds: ids }),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "not-found" });
    }
  }),
);
