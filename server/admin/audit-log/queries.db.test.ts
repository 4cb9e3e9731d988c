import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { record } from "../../platform/audit/record.ts";
import { recordForInstallation } from "../../platform/audit/record-for-installation.ts";
import { getViewer } from "../../platform/identity/queries.ts";
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
    const text = (await (await auditCsv(ctx, { q: "actor = Ada" })).toArray()).join("");
    const [head, newest, oldest, end] = text.split("\r\n");
    expect(head).toBe("at,actor kind,actor,action,subject,reason,address,before,after");
    expect(newest).toContain(`,user,Ada,user.disabled,user/a@x.test,"'=1+1, ""left""",,,`);
    expect(oldest).toContain('"{""role"":""viewer""}"');
    expect(end).toBe("");
  }),
);

const withScopes = (ctx: Context, ...scopes: string[]): Context => ({ ...ctx, actor: { ...ctx.actor, scopes } });

test(
  "shows network addresses and new networks of tokens to admins only, and not to their tokens that only read",
  inWorkspace(async (ctx) => {
    const address = "192.0.2.77";
    const by = { ...ctx, actor: { ...ctx.actor, address } };
    await record(by, "token.used-from-new-network", { subject: "token/lw_1", after: { network: "192.0.2.0/24" } });
    await record(by, "user.created", { subject: "user/a@x.test" });
    const seen = async (as: Context) => {
      const { events } = await readAuditLog(as, {});
      const one = await getAuditEvent(as, events[0]?.id ?? 0);
      const csv = (await (await auditCsv(as, { q: "" })).toArray()).join("");
      return JSON.stringify([events, one, csv]);
    };
    for (const each of [ctx, withScopes(ctx, "settings:read"), withScopes(ctx, "settings", "read")]) {
      expect(await seen(each)).toContain(address);
    }
    const [newest, network] = (await readAuditLog(ctx, {})).events;
    for (const each of [as(ctx, "viewer"), as(ctx, "operator"), withScopes(ctx, "read")]) {
      const text = await seen(each);
      expect(text).toContain("user.created");
      expect(text).not.toMatch(/192\.0\.2|new-network/);
      await expect(getAuditEvent(each, network?.id ?? 0)).rejects.toMatchObject({ code: "not-found" });
      expect(await getAuditEvent(each, newest?.id ?? 0)).toMatchObject({ address: null });
      await expect(readAuditLog(each, { q: "address ~ 192" })).rejects.toMatchObject({ code: "forbidden" });
    }
    expect(await actions(ctx, `address = ${address} and action ~ created`)).toEqual(["user.created"]);
  }),
);

test("shows sign-ins to the person, and all of them to admins of the first workspace only", async () => {
  const { db } = await freshDatabase();
  const first = await newWorkspace(db);
  const second = await newWorkspace(db);
  const emailOf = async (ctx: Context) => (await getViewer(ctx)).email as string;
  for (const ctx of [first, second]) {
    const { id, name } = ctx.actor;
    const actor = { kind: "user", id, name, address: "192.0.2.1" } as const;
    await recordForInstallation(db, actor, "sign-in.succeeded", { subject: `user/${await emailOf(ctx)}` });
  }
  const subjects = async (ctx: Context, scope: "installation" | "own-sign-ins" | "workspace") =>
    (await readAuditLog(ctx, { scope })).events.map(({ subject, address }) => [subject, address]);
  const ofFirst = [`user/${await emailOf(first)}`, "192.0.2.1"];
  const ofSecond = [`user/${await emailOf(second)}`, "192.0.2.1"];
  expect(await subjects(first, "installation")).toEqual([ofSecond, ofFirst]);
  expect(await subjects(first, "workspace")).toEqual([]);
  const [newest, oldest] = (await readAuditLog(first, { scope: "installation" })).events;
  for (const ctx of [second, as(second, "viewer"), withScopes(second, "settings:read")]) {
    await expect(subjects(ctx, "installation")).rejects.toMatchObject({ code: "forbidden" });
    expect(await subjects(ctx, "own-sign-ins")).toEqual([ofSecond]);
    expect((await getAuditEvent(ctx, newest?.id ?? 0)).subject).toBe(ofSecond[0]);
    await expect(getAuditEvent(ctx, oldest?.id ?? 0)).rejects.toMatchObject({ code: "not-found" });
  }
  expect((await getAuditEvent(first, newest?.id ?? 0)).subject).toBe(ofSecond[0]);
  for (const scope of ["installation", "own-sign-ins"] as const) {
    await expect(subjects(withScopes(first, "read"), scope)).rejects.toMatchObject({ code: "forbidden" });
    await expect(auditCsv(withScopes(first, "read"), { q: "", scope })).rejects.toMatchObject({ code: "forbidden" });
  }
  await expect(subjects(as(first, "viewer"), "installation")).rejects.toMatchObject({ code: "forbidden" });
});
