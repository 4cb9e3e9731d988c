import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { labelConsensus, labelProjects, labelTasks } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import { createServiceAccount } from "#server/platform/identity/service-accounts/create-service-account.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { contextOfToken } from "#server/platform/identity/tokens/identify-token.ts";
import {
  answerWith,
  findLabellingViolations,
  newLabelProject,
  newTasks,
} from "#server/testing/fixtures/labelling/testing.ts";
import { inWorkspace, newMember } from "#server/testing/testing.ts";
import { decideAgain, decideFirst, resumeDecisions } from "../consensus/decide-again.ts";
import { updateLabelProject } from "../projects/update-label-project.ts";
import { nextLabelTask } from "../queue/next-label-task.ts";
import { getLabelTask } from "../tasks/queries.ts";
import { getLabelAnnotator, listLabelAnnotators } from "./queries.ts";
import { previewAnnotatorExclusion, setAnnotatorExclusion } from "./set-annotator-exclusion.ts";

test(
  "knows the person behind a session, a personal token and a service account's token",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const [a = 0, b = 0] = await newTasks(ctx, projectId, ["a", "b"]);
    const scopes = ["labels" as const];
    const own = await createToken(ctx, { name: "laptop", scopes });
    const account = await createServiceAccount(ctx, { name: "pre-labels", role: "member" });
    const other = await createToken(ctx, { name: "job", scopes, ownerId: account.id });
    const byToken = await contextOfToken(ctx.db, own.secret);
    expect((await nextLabelTask(ctx, { projectId })).task?.id).toBe(a);
    expect((await nextLabelTask(byToken, { projectId })).task?.id).toBe(a);
    await answerWith(byToken, { projectId, taskId: a }, "intact");
    await answerWith(await contextOfToken(ctx.db, other.secret), { projectId, taskId: b }, "intact");
    const people = await listLabelAnnotators(ctx, projectId);
    expect(new Map(people.map(({ person, name }) => [person, name]))).toEqual(
      new Map([
        [ctx.actor.id, ctx.actor.name],
        [account.id, "pre-labels"],
      ]),
    );
    const system = systemContext(ctx.db, ctx.actor.workspaceId, "job");
    await expect(nextLabelTask(system, { projectId })).rejects.toMatchObject({ code: "forbidden" });
  }),
);

test(
  "computes what excluding a person changes, leaves their answers out, and counts them again",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, { settings: { minAnswers: 2, maxAnswers: 3 } });
    const [a = 0, b = 0] = await newTasks(ctx, projectId, ["a", "b"]);
    const [one, two, three] = [await newMember(ctx), await newMember(ctx), await newMember(ctx)];
    for (const person of [one, two]) await answerWith(person, { projectId, taskId: a }, "damaged");
    for (const [person, label] of [
      [one, "damaged"],
      [two, "intact"],
      [three, "damaged"],
    ] as const) {
      await answerWith(person, { projectId, taskId: b }, label);
    }
    const before = await getLabelTask(ctx, b);
    const person = one.actor.id;
    expect(await previewAnnotatorExclusion(ctx, { projectId, person })).toMatchObject({ tasks: 2, changed: 0 });
    await setAnnotatorExclusion(ctx, { projectId, person, isExcluded: true, reason: "clicks at random" });
    expect(await getLabelTask(ctx, a)).toMatchObject({ state: "open", answers: 2, consensus: null });
    expect((await nextLabelTask(three, { projectId })).task?.id).toBe(a);
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
    await setAnnotatorExclusion(ctx, { projectId, person, isExcluded: false, reason: "it was a mistake" });
    expect(await getLabelTask(ctx, a)).toMatchObject({ state: "settled", consensus: { people: 2 } });
    expect((await getLabelTask(ctx, b)).state).toBe(before.state);
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "decides the tasks of an excluded person in a job, which goes on where one stopped",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const ids = await newTasks(
      ctx,
      projectId,
      Array.from({ length: 1_100 }, (_, at) => ({
        item: `${at}`,
        data: {},
        answers: [{ person: "mia", value: { kind: "class" as const, label: "damaged" } }],
      })),
    );
    const isOfProject = eq(labelTasks.projectId, projectId);
    const countOpen = () => ctx.db.$count(labelTasks, sql`project_id = ${projectId} and state = 'open'`);
    expect(await countOpen()).toBe(0);
    await setAnnotatorExclusion(ctx, { projectId, person: "mia", isExcluded: true, reason: "clicks at random" });
    // The request decides the first 500 only.
    expect(await countOpen()).toBe(500);
    const ofMia = { projectId, person: "mia" };
    expect(await previewAnnotatorExclusion(ctx, ofMia)).toMatchObject({ tasks: 1_100, isComplete: true });
    expect(await previewAnnotatorExclusion(ctx, ofMia, 1_000)).toMatchObject({ tasks: 1_000, isComplete: false });
    const deciding = async () => (await getLabelAnnotator(ctx, { projectId, person: "mia" })).deciding;
    expect(await deciding()).toEqual({ done: 500, total: 1_100 });
    const [row] = await ctx.db.select().from(labelProjects).where(eq(labelProjects.id, projectId));
    const roundId = row?.progress?.decisions?.[0]?.id ?? "";
    const jobs = async () => {
      const { rows } = await ctx.db.execute(
        sql`select data from pgboss.job where name = 'decide-label-tasks' and data->>'roundId' = ${roundId}`,
      );
      return rows.length;
    };
    expect(await jobs()).toBe(1);
    // The worker dies after the second part.
    await decideFirst(ctx, projectId, roundId);
    expect(await deciding()).toEqual({ done: 1_000, total: 1_100 });
    const system = systemContext(ctx.db, ctx.actor.workspaceId, "job");
    await resumeDecisions(system, projectId);
    await ctx.db.execute(sql`delete from pgboss.job where data->>'roundId' = ${roundId}`);
    await resumeDecisions(system, projectId);
    expect(await jobs()).toBe(0);
    await resumeDecisions(system, projectId, Date.now() + 2 * 3_600_000);
    expect(await jobs()).toBe(1);
    await decideAgain(system, { projectId, roundId });
    expect(await countOpen()).toBe(1_100);
    expect(await deciding()).toBeNull();
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
    // Repeated, it finds nothing to do.
    await decideAgain(system, { projectId, roundId });
    expect(await ctx.db.$count(labelConsensus, sql`project_id = ${projectId} and superseded_at is null`)).toBe(0);
    expect(await ctx.db.$count(labelTasks, isOfProject)).toBe(ids.length);
  }),
);

test(
  "leaves decisions to the job where the request cannot make them, and keeps what it stored",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const answers = [{ person: "mia", value: { kind: "class" as const, label: "damaged" } }];
    const [taskId = 0] = await newTasks(ctx, projectId, [
      { item: "a", data: {}, answers: [] },
      { item: "b", data: {}, answers },
    ]);
    await ctx.db.execute(sql`update label_tasks set state = 'open' where project_id = ${projectId}`);
    await ctx.db.execute(sql`update label_answers set value = '{"kind": "unknown"}' where project_id = ${projectId}`);
    const rounds = async () => {
      const [row] = await ctx.db.select().from(labelProjects).where(eq(labelProjects.id, projectId));
      return row?.progress?.decisions?.map(({ person, done }) => [person, done]);
    };
    const exclusion = { projectId, person: "mia", isExcluded: true, reason: "clicks at random" };
    await setAnnotatorExclusion(ctx, exclusion);
    expect(await rounds()).toEqual([["mia", 0]]);
    expect((await getLabelAnnotator(ctx, { projectId, person: "mia" })).excludedAt).not.toBeNull();
    expect(await updateLabelProject(ctx, { projectId, settings: { stop: 0.8 } })).toMatchObject({
      settings: { stop: 0.8 },
    });
    expect(await rounds()).toEqual([
      ["mia", 0],
      [null, 0],
    ]);
    expect((await getLabelTask(ctx, taskId)).state).toBe("open");
  }),
);

test(
  "keeps merged boxes as they are while only the accuracy of annotators changes",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, {
      taskKind: "boxes",
      classes: ["dent"],
      settings: { minAnswers: 2, maxAnswers: 2 },
    });
    const drawn = (person: string, x: number) => ({
      person,
      value: { kind: "boxes" as const, boxes: [{ label: "dent", x, y: 10, width: 40, height: 40 }] },
    });
    const answers = [drawn("mia", 10), drawn("noa", 12)];
    const [taskId = 0] = await newTasks(ctx, projectId, [{ item: "a", data: { image: "a.png" }, answers }]);
    const { consensus } = await getLabelTask(ctx, taskId);
    expect(consensus).toMatchObject({ method: "merge", people: 2 });
    await ctx.db.execute(sql`
      update label_annotators set gold_seen = 100, gold_correct = 99 where project_id = ${projectId} and person = 'mia'`);
    // Decides her tasks again.
    await setAnnotatorExclusion(ctx, { projectId, person: "mia", isExcluded: false, reason: "x" });
    expect((await getLabelTask(ctx, taskId)).consensus).toEqual(consensus);
    const exclusion = { projectId, person: "mia", isExcluded: true, reason: "x" };
    await setAnnotatorExclusion(ctx, exclusion);
    expect((await getLabelTask(ctx, taskId)).consensus).not.toEqual(consensus);
  }),
);

test(
  "ends a round of decisions with the next one of the same person",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const answers = [{ person: "mia", value: { kind: "class" as const, label: "damaged" } }];
    await newTasks(
      ctx,
      projectId,
      Array.from({ length: 600 }, (_, at) => ({ item: `${at}`, data: {}, answers })),
    );
    const rounds = async () => {
      const [row] = await ctx.db.select().from(labelProjects).where(eq(labelProjects.id, projectId));
      return row?.progress?.decisions ?? [];
    };
    const set = (isExcluded: boolean) =>
      setAnnotatorExclusion(ctx, { projectId, person: "mia", isExcluded, reason: "x" });
    await set(true);
    const [first] = await rounds();
    await set(false);
    const all = await rounds();
    expect(all).toHaveLength(1);
    expect(all[0]?.id).not.toBe(first?.id);
    await decideFirst(ctx, projectId, first?.id ?? "");
    expect(await rounds()).toEqual(all);
    await decideAgain(systemContext(ctx.db, ctx.actor.workspaceId, "job"), { projectId, roundId: all[0]?.id ?? "" });
    expect(await ctx.db.$count(labelTasks, sql`project_id = ${projectId} and state = 'settled'`)).toBe(600);
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);
