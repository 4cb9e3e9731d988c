import { expect, test } from "vitest";
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
import { nextLabelTask } from "../queue/next-label-task.ts";
import { getLabelTask } from "../tasks/queries.ts";
import { listLabelAnnotators } from "./queries.ts";
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
