import { once } from "node:events";
import { request } from "node:http";
import { and, asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { labelAnswers, labelLeases, labelTasks } from "#db/schema/index.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import type { Context } from "#server/base/context.ts";
import { createServer } from "#server/http/server.ts";
import { getLabelTask } from "#server/improve/labelling/tasks/queries.ts";
import { noPictures } from "#server/testing/fixtures/http/label-studio/no-pictures.ts";
import { newLabelProject } from "#server/testing/fixtures/labelling/testing.ts";
import { inWorkspace, newMember } from "#server/testing/testing.ts";
import { labelStudioPlugin } from "./plugin.ts";

const label_config = `<View><Text name="text" value="$text"/>
  <Choices name="tone" toName="text"><Choice value="good"/><Choice value="bad"/></Choices></View>`;

const say = (choice: string) => [{ from_name: "tone", to_name: "text", type: "choices", value: { choices: [choice] } }];

/** Returns a client that acts for a person. */
async function clientOf(ctx: Context) {
  const app = createServer(readConfig({}));
  await labelStudioPlugin(app, { authenticate: () => ctx, artifacts: noPictures });
  return async (method: "GET" | "POST" | "PATCH" | "DELETE", url: string, payload?: object) => {
    const response = await app.inject({ method, url: `/label-studio/api${url}`, ...(payload && { payload }) });
    return { status: response.statusCode, body: response.body === "" ? null : response.json() };
  };
}

async function start(ctx: Context, texts: string[], more: object = {}) {
  const client = await clientOf(ctx);
  const { body: project } = await client("POST", "/projects/", { title: "Tones", label_config, ...more });
  const items = texts.map((text) => ({ text }));
  const { body } = await client("POST", `/projects/${project.id}/import?return_task_ids=true`, items);
  return { client, project: project.id as number, tasks: body.task_ids as number[] };
}

test(
  "a changed annotation keeps its id, and what it was before is history",
  inWorkspace(async (ctx) => {
    const { client, tasks } = await start(ctx, ["a"], { maximum_annotations: 1 });
    const [taskId = 0] = tasks;
    const { body: given } = await client("POST", `/tasks/${taskId}/annotations/`, {
      result: say("good"),
      lead_time: 6.2,
    });
    const { body: changed } = await client("PATCH", `/annotations/${given.id}/`, { result: say("bad") });
    expect(changed).toMatchObject({ id: given.id, result: say("bad"), lead_time: 6.2 });
    const { history, consensus, state } = await getLabelTask(ctx, taskId);
    expect([state, consensus?.value]).toEqual(["settled", { kind: "class", label: "bad" }]);
    expect(history.filter(({ supersededAt }) => supersededAt !== null).map(({ value }) => value)).toEqual([
      { kind: "class", label: "good" },
    ]);
    // What is left out stays.
    const { body: skipped } = await client("PATCH", `/annotations/${given.id}/`, { was_cancelled: true });
    expect(skipped).toMatchObject({ was_cancelled: true, result: say("bad") });
    expect((await getLabelTask(ctx, taskId)).cannotTell).toBe(1);
  }),
);

test(
  "a deleted annotation frees its place, and its task is offered again",
  inWorkspace(async (ctx) => {
    const { client, project, tasks } = await start(ctx, ["a"], { maximum_annotations: 1 });
    const [taskId = 0] = tasks;
    const { body: given } = await client("POST", `/tasks/${taskId}/annotations/`, { result: say("good") });
    expect((await client("GET", `/projects/${project}/next/`)).status).toBe(404);
    expect((await client("DELETE", `/annotations/${given.id}/`)).status).toBe(204);
    expect((await client("GET", `/annotations/${given.id}/`)).status).toBe(404);
    expect(await getLabelTask(ctx, taskId)).toMatchObject({ state: "open", taken: 0, answers: 0, consensus: null });
    expect((await client("GET", `/projects/${project}/next/`)).body.id).toBe(taskId);
  }),
);

test(
  "annotations of others change by a review only",
  inWorkspace(async (ctx) => {
    const { tasks } = await start(ctx, ["a"], { maximum_annotations: 1 });
    const [taskId = 0] = tasks;
    const [bo, member] = [await newMember(ctx), await newMember(ctx)];
    const { body: given } = await (await clientOf(bo))("POST", `/tasks/${taskId}/annotations/`, {
      result: say("good"),
    });
    const other = await clientOf(member);
    // Who has not answered does not see what others said.
    expect((await other("PATCH", `/annotations/${given.id}/`, { result: say("bad") })).status).toBe(404);
    expect((await other("DELETE", `/annotations/${given.id}/`)).status).toBe(404);
    await other("POST", `/tasks/${taskId}/annotations/`, { result: say("good") });
    expect((await other("PATCH", `/annotations/${given.id}/`, { result: say("bad") })).status).toBe(403);
    expect((await other("PATCH", `/annotations/${given.id}/`, {})).status).toBe(403);
    expect((await other("DELETE", `/annotations/${given.id}/`)).status).toBe(403);
    const reviewer = await clientOf(ctx);
    const change = { result: say("bad"), reason: "It is ironic." };
    const { body } = await reviewer("PATCH", `/annotations/${given.id}/`, change);
    expect(body).toMatchObject({
      id: given.id,
      result: say("good"),
      review: { reason: "It is ironic.", result: say("bad") },
    });
    const task = await getLabelTask(ctx, taskId);
    expect(task.consensus).toMatchObject({ value: { kind: "class", label: "bad" }, method: "review" });
    expect(task.reviews).toMatchObject([{ verdict: "decided", reason: "It is ironic." }]);
    expect((await reviewer("PATCH", `/annotations/${given.id}/`, { was_cancelled: true })).status).toBe(400);
    expect((await reviewer("DELETE", `/annotations/${given.id}/`)).status).toBe(403);
  }),
);

test(
  "a reviewer who changes no answer decides no label",
  inWorkspace(async (ctx) => {
    const { tasks } = await start(ctx, ["a"], { maximum_annotations: 3 });
    const [taskId = 0] = tasks;
    const { body: given } = await (await clientOf(await newMember(ctx)))("POST", `/tasks/${taskId}/annotations/`, {
      result: say("good"),
    });
    const reviewer = await clientOf(ctx);
    for (const change of [
      {},
      { ground_truth: true },
      { lead_time: 3 },
      { result: say("good") },
      { was_cancelled: false },
    ]) {
      const { status, body } = await reviewer("PATCH", `/annotations/${given.id}/`, change);
      expect([status, body.result, body.review]).toEqual([200, say("good"), undefined]);
    }
    const { state, consensus, reviews } = await getLabelTask(ctx, taskId);
    expect([state, consensus, reviews]).toEqual(["open", null, []]);
  }),
);

test(
  "imports in chunks count as they arrive, and are refused where there is no capacity for more",
  inWorkspace(async (ctx) => {
    const { project } = await start(ctx, ["a"]);
    const app = createServer(readConfig({}));
    await labelStudioPlugin(app, { authenticate: () => ctx, artifacts: noPictures });
    // Only a server begins to answer before all of a body is there.
    const address = await app.listen({ host: "127.0.0.1", port: 0 });
    const begin = (length?: number) => {
      const headers = { "content-type": "application/json", ...(length && { "content-length": length }) };
      const call = request(`${address}/label-studio/api/projects/${project}/import`, { method: "POST", headers });
      call.write('[{"text":"b"}');
      const status = once(call, "response").then(([response]) => response.resume().statusCode);
      return { call, status };
    };
    try {
      const [first, second] = [begin(), begin()];
      for (const { call } of [first, second]) call.end("]");
      expect(await Promise.all([first.status, second.status])).toEqual([201, 201]);
      // The rest of a large one is never sent.
      const large = begin(250 * 2 ** 20);
      large.status.catch(() => {});
      await once(app.server, "request");
      const third = begin();
      third.call.end(`${" ".repeat(11 * 2 ** 20)}]`);
      expect(await third.status).toBe(429);
      const fourth = begin();
      fourth.call.end("]");
      expect(await fourth.status).toBe(201);
      large.call.on("error", () => {}).destroy();
    } finally {
      await app.close();
    }
  }),
);

test(
  "a control that answers use keeps its name and what it is about",
  inWorkspace(async (ctx) => {
    const asked = label_config.replace(
      "</View>",
      `<Text name="title" value="$title"/><TextArea name="why" toName="text"/><TextArea name="more" toName="text"/></View>`,
    );
    const client = await clientOf(ctx);
    const { body: project } = await client("POST", "/projects/", { title: "Tones", label_config: asked });
    const change = (from: string, to: string) =>
      client("PATCH", `/projects/${project.id}/`, { label_config: asked.replace(from, to) });
    const { body: sent } = await client("POST", `/projects/${project.id}/import?return_task_ids=true`, [
      { text: "a", title: "b" },
    ]);
    const why = { from_name: "why", to_name: "text", type: "textarea", value: { text: ["ironic"] } };
    await client("POST", `/tasks/${sent.task_ids[0]}/annotations/`, { result: [...say("good"), why] });
    for (const [from, to, name] of [
      [`name="tone"`, `name="mood"`, "tone"],
      [`name="tone" toName="text"`, `name="tone" toName="title"`, "tone"],
      [`<TextArea name="why" toName="text"/>`, "", "why"],
      [`name="why"`, `name="because"`, "why"],
    ] as const) {
      const { status, body } = await change(from, to);
      expect([status, body.validation_errors]).toEqual([
        400,
        { label_config: [`Answers use "${name}" (1), so its name, its type and what it is about must stay.`] },
      ]);
    }
    expect((await change(`name="more"`, `name="other"`)).status).toBe(200);
  }),
);

test(
  "a larger maximum_annotations holds for tasks that wait, and the later answer of a person counts",
  inWorkspace(async (ctx) => {
    const { client, project, tasks } = await start(ctx, ["a", "b"], { maximum_annotations: 1 });
    const [first = 0, second = 0] = tasks;
    const { body } = await client("PATCH", `/projects/${project}/`, { maximum_annotations: 3 });
    expect(body.maximum_annotations).toBe(3);
    const wanted = await ctx.db
      .select({ wanted: labelTasks.wanted })
      .from(labelTasks)
      .where(eq(labelTasks.projectId, project))
      .orderBy(asc(labelTasks.id));
    expect(wanted).toEqual([{ wanted: 3 }, { wanted: 3 }]);
    for (const choice of ["good", "bad"])
      await client("POST", `/tasks/${second}/annotations/`, { result: say(choice) });
    const { body: task } = await client("GET", `/tasks/${second}/`);
    expect(task).toMatchObject({ total_annotations: 1, annotations: [{ result: say("bad") }] });
    const rows = await ctx.db
      .select()
      .from(labelAnswers)
      .where(and(eq(labelAnswers.projectId, project), eq(labelAnswers.taskId, second)));
    expect(rows).toHaveLength(2);
    expect((await client("POST", `/tasks/${first}/annotations/`, { result: [] })).status).toBe(400);
  }),
);

test(
  "a project with answers keeps the classes that they use",
  inWorkspace(async (ctx) => {
    const { client, project, tasks } = await start(ctx, ["a"]);
    await client("POST", `/tasks/${tasks[0]}/annotations/`, { result: say("good") });
    const without = label_config.replace('<Choice value="good"/>', "");
    const refused = await client("PATCH", `/projects/${project}/`, { label_config: without });
    expect([refused.status, Object.keys(refused.body.validation_errors)]).toEqual([400, ["label_config"]]);
    const added = label_config.replace(
      '<Choice value="bad"/>',
      '<Choice value="Poor" alias="bad"/><Choice value="mixed"/>',
    );
    const { status, body } = await client("PATCH", `/projects/${project}/`, { label_config: added });
    expect([status, body.label_config]).toEqual([200, added]);
    expect(body.parsed_label_config.tone.labels).toEqual(["good", "bad", "mixed"]);
  }),
);

test(
  "a link that a browser follows takes no task",
  inWorkspace(async (ctx) => {
    const { project, tasks } = await start(ctx, ["a"]);
    const app = createServer(readConfig({}));
    await labelStudioPlugin(app, { authenticate: () => ctx, artifacts: noPictures });
    const next = (headers: Record<string, string>) =>
      app.inject({ method: "GET", url: `/label-studio/api/projects/${project}/next/`, headers });
    expect((await next({ cookie: "session=a" })).statusCode).toBe(401);
    expect(await ctx.db.$count(labelLeases, eq(labelLeases.taskId, tasks[0] ?? 0))).toBe(0);
    expect((await next({ cookie: "session=a", authorization: "Token lw_1" })).statusCode).toBe(200);
  }),
);

test(
  "a task of rows that was made in Leeway keeps what it shows when the same data are sent again",
  inWorkspace(async (ctx) => {
    const client = await clientOf(ctx);
    const projectId = await newLabelProject(ctx, {});
    const { body } = await client("POST", `/projects/${projectId}/import?return_task_ids=true`, [{ age: 7 }]);
    const [taskId] = body.task_ids;
    const { body: task } = await client("GET", `/tasks/${taskId}/`);
    expect(task.data).toEqual({ age: 7 });
    const changed = await client("PATCH", `/tasks/${taskId}/`, { data: { ...task.data, age: 8 } });
    expect([changed.status, changed.body.data]).toEqual([200, { age: 8 }]);
  }),
);
