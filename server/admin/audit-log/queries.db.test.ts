import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { record } from "../../platform/audit/record.ts";
import { auditCsv } from "./csv.ts";
import { getAuditEvent, lastChanges, readAuditLog } from "./queries.ts";

async function someEntries(ctx: Context) {
  const ada = { ...ctx, actor: { ...ctx.actor, name: "Ada" } };
  await record(ada, "user.created", { subject: "user/a@x.test", after: { role: "viewer" } });
  await record(ctx, "token.created", { subject: "token/lw_1", after: { name: "50 %_off" } });
  await record(ada, "user.disabled", { subject: "user/a@x.test", reason: '=1+1, "left"' });
}

const actions = async (ctx: Context, q: string) => (await readAuditLog(ctx, { q })).events.map((event) => event.action);

test(
  "lists entries of the workspace only, newest first, in pages",
  inWorkspace(async (ctx) => {
    await someEntries(await newWorkspace(ctx.db));
    await someEntries(ctx);
    const first = await readAuditLog(ctx, { limit: 2 });
    expect(first.events.map((event) => event.action)).toEqual(["user.disabled", "token.created"]);
    const second = await readAuditLog(ctx, { limit: 2, ...(first.next && { before: first.next }) });
    expect(second).toMatchObject({ events: [{ action: "user.created", after: { role: "viewer" }, actorName: "Ada" }] });
    expect(second.next).toBeUndefined();
  }),
);

test(
  "filters by actor, action, subject and time",
  inWorkspace(async (ctx) => {
    await someEntries(ctx);
    expect(await actions(ctx, "actor = ada")).toEqual(["user.disabled", "user.created"]);
    expect(await actions(ctx, "actor != Ada")).toEqual(["token.created"]);
    expect(await actions(ctx, "action ~ created and subject ~ LW_")).toEqual(["token.created"]);
    expect(await actions(ctx, "subject = user/a%")).toEqual([]);
    expect(await actions(ctx, "at > -1h and action = user.disabled")).toEqual(["user.disabled"]);
    expect(await actions(ctx, "at < -1h")).toEqual([]);
    await expect(readAuditLog(ctx, { q: "who = me" })).rejects.toMatchObject({ code: "invalid" });
  }),
);

test(
  "returns the last change of each subject",
  inWorkspace(async (ctx) => {
    await someEntries(ctx);
    const changes = await lastChanges(ctx, ["user/a@x.test", "user/nobody"]);
    expect([...changes]).toEqual([
      ["user/a@x.test", { at: expect.any(Date), actorName: "Ada", action: "user.disabled" }],
    ]);
    expect(await lastChanges(await newWorkspace(ctx.db), ["user/a@x.test"])).toEqual(new Map());
  }),
);

test(
  "reports an entry of another workspace as not found",
  inWorkspace(async (ctx) => {
    await someEntries(ctx);
    const [event] = (await readAuditLog(ctx, { limit: 1 })).events;
    expect(await getAuditEvent(ctx, event?.id ?? 0)).toEqual(event);
    const other = await newWorkspace(ctx.db);
    await expect(getAuditEvent(other, event?.id ?? 0)).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "exports a header and every matching entry, without formulas",
  inWorkspace(async (ctx) => {
    await someEntries(ctx);
    const text = (await (await auditCsv(ctx, "actor = Ada")).toArray()).join("");
    const [head, newest, oldest, end] = text.split("\r\n");
    expect(head).toBe("at,actor kind,actor,action,subject,reason,address,before,after");
    expect(newest).toContain(`,user,Ada,user.disabled,user/a@x.test,"'=1+1, ""left""",,,`);
    expect(oldest).toContain('"{""role"":""viewer""}"');
    expect(end).toBe("");
  }),
);
