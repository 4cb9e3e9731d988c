import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { channels, gameDays, notifications, schedules, sessions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { createTokenFor } from "#server/platform/identity/tokens/create-token.ts";
import { newReadyEndpoint } from "#server/testing/fixtures/drills/ready-endpoint.ts";
import { addWindow } from "#server/testing/fixtures/serving/testing.ts";
import { newSlo } from "#server/testing/fixtures/slo/testing.ts";
import { newMember, newWorkspace } from "#server/testing/testing.ts";
import { archiveSlo } from "#server/watch/slo/objectives/archive-slo.ts";
import { freezeEndpoint } from "../freezes/freeze-endpoint.ts";
import { liftFreeze } from "../freezes/lift-freeze.ts";
import { declareIncident } from "../incidents/declare-incident.ts";
import { moveIncident } from "../incidents/move-incident.ts";
import { listAbortConditions } from "./abort/list-abort-conditions.ts";
import { abortGameDay } from "./abort-game-day.ts";
import { discardGameDay } from "./discard-game-day.ts";
import { listFollowUps } from "./follow-ups/queries.ts";
import { gameDayWatcher } from "./game-day-watcher.ts";
import { noteGameDay } from "./note-game-day.ts";
import { planGameDay } from "./plan-game-day.ts";
import { listPreconditions } from "./preconditions/list-preconditions.ts";
import { getGameDay, listGameDayEvents, listGameDays } from "./queries.ts";
import { getGameDayReport } from "./report/queries.ts";
import { seeGameDay } from "./see-game-day.ts";
import { startGameDay } from "./start-game-day.ts";
import { updateGameDay } from "./update-game-day.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const operator = await newMember(ctx, "operator", { name: "Olga" });
const member = await newMember(ctx, "member", { name: "Mia" });
const outsider = await newWorkspace(db);
const { endpointId, versionId, channelId } = await newReadyEndpoint(ctx);
const watcher = gameDayWatcher({ db, feed: { subscribe: () => () => {} } });
const reason = "the test";

const plan = {
  endpoint: "digits",
  hypothesis: "When 10% of requests fail, on-call is notified within 5 minutes.",
  fault: { kind: "errors" as const },
  scope: "requests" as const,
  expectations: [{ what: "noHarm" as const }],
};
const planned = async (more: object = {}) => (await planGameDay(ctx, { ...plan, ...more })).number;
const set = (number: number, values: Partial<typeof gameDays.$inferInsert>) =>
  db
    .update(gameDays)
    .set(values)
    .where(and(eq(gameDays.workspaceId, ctx.actor.workspaceId), eq(gameDays.number, number)));
const rowOf = async (number: number) => (await db.select().from(gameDays).where(eq(gameDays.number, number)))[0];
const at = async (seconds: number) => new Date((await databaseNow(db)) + seconds * 1000);
const logOf = async (number: number) =>
  (await listGameDayEvents(ctx, number)).map(({ words, by }) => (by === null ? words : `${by}: ${words}`));

test("plans within bounds, about what exists, and changes a plan by its revision until it starts", async () => {
  const refused = (more: object, as = ctx) => planGameDay(as, { ...plan, ...more }).catch((error: unknown) => error);
  const error = (code: string, field?: string) => expect.objectContaining({ code, ...(field && { field }) });
  expect(await refused({ share: 0.2 }, operator)).toEqual(error("invalid", "share"));
  expect(await refused({ fault: { kind: "worker-lost" } }, operator)).toEqual(error("forbidden"));
  expect(await refused({ fault: { kind: "dropped-feature", feature: "nothing" } })).toEqual(
    error("invalid", "fault.feature"),
  );
  expect(await refused({ fault: { kind: "stale-feature", view: "nothing", ageSeconds: 60 } })).toEqual(
    error("not-found"),
  );
  expect(await refused({ fault: { kind: "job-preempted", job: "nothing" } })).toEqual(error("not-found", "fault.job"));
  expect(await refused({ fault: { kind: "channel-dead", channelId: crypto.randomUUID() } })).toEqual(
    error("not-found", "fault.channelId"),
  );
  expect(await refused({ ownerId: outsider.actor.id })).toEqual(error("not-found", "ownerId"));
  expect(await refused({ startsAt: new Date(0) })).toEqual(error("invalid", "startsAt"));
  expect(await refused({ repeats: "monthly" })).toEqual(error("invalid", "startsAt"));
  expect(await refused({}, outsider)).toEqual(error("not-found"));

  const day = await planGameDay(ctx, { ...plan, share: 0.2, fault: { kind: "latency", delayMs: 120, jitterMs: 20 } });
  expect(day).toMatchObject({
    number: 1,
    state: "planned",
    faultWords: "+120 ± 20\u00a0ms on 20% of requests for 10\u00a0min",
    owner: { id: ctx.actor.id },
    endpoint: { id: endpointId, name: "digits" },
  });
  const change = {
    number: 1,
    revision: 1,
    plan: { ...plan, fault: { kind: "channel-dead" as const, channelId } },
  };
  const updated = await updateGameDay(operator, change);
  expect(updated).toMatchObject({ revision: 2, scope: "requests", share: 1 });
  await expect(updateGameDay(operator, change)).rejects.toMatchObject({
    code: "conflict",
  });
  await expect(getGameDay(outsider, 1)).rejects.toMatchObject({ code: "not-found" });
  expect((await listAbortConditions(ctx, 1)).every(({ found }) => found === "")).toBe(true);
  await discardGameDay(operator, 1);
  expect(await listGameDays(ctx)).toEqual([]);
  await expect(getGameDay(ctx, 1)).rejects.toMatchObject({ code: "not-found" });
  await expect(startGameDay(ctx, 1)).rejects.toMatchObject({ code: "not-found" });
  expect(await planned()).toBe(2);
  await discardGameDay(ctx, 2);
});

test("does not start while a precondition is not met", async () => {
  const number = await planned();
  const refused = () =>
    startGameDay(operator, number).then(
      () => "started",
      ({ message }: Error) => message,
    );

  await freezeEndpoint(ctx, { endpointId, reason, until: new Date(Date.now() + dayMs) });
  expect(await refused()).toContain("digits is frozen");
  await liftFreeze(ctx, { endpointId, reason });

  const { number: incident } = await declareIncident(ctx, { title: "Slow", severity: "SEV3", endpointId });
  expect(await refused()).toContain(`INC-${incident} is open`);
  await moveIncident(ctx, { number: incident, to: "cancelled", reason });

  const slo = await newSlo(ctx, { kind: "availability", endpointId }, { name: "answers", target: 0.99 });
  const minute = Math.floor(Date.now() / minuteMs) * minuteMs;
  const served = { endpointId, versionId, provider: "cpu", latenciesMs: Array.from({ length: 992 }, () => 5) };
  await addWindow(ctx, { ...served, windowStart: new Date(minute - 5 * minuteMs), failures: { 500: 8 } });
  expect(await refused()).toBe("Blocked: 20% of the answers budget left, min 50%.");
  await archiveSlo(ctx, { sloId: slo.id, reason });

  await db.update(sessions).set({ lastSeenAt: await at(-3_600) });
  expect(await refused()).toContain("is not signed in");
  await db.update(sessions).set({ lastSeenAt: await at(0) });

  await db.update(schedules).set({ archivedAt: new Date() });
  expect(await refused()).toContain("no one is on call for digits");
  await db.update(schedules).set({ archivedAt: null });

  await db.update(channels).set({ disabledAt: new Date() });
  expect(await refused()).toContain("reach no receiver");
  await db.update(channels).set({ disabledAt: null });

  const cold = await planned({ fault: { kind: "cold-model" } });
  await expect(startGameDay(ctx, cold)).rejects.toThrow("Blocked: No gateway has loaded");
  await discardGameDay(ctx, cold);
  expect((await getGameDay(ctx, number)).state).toBe("planned");
  await discardGameDay(ctx, number);
});

test("starts one of two at once, renews its lease, logs its steps, and ends it", async () => {
  const [first, second] = [await planned(), await planned()];
  const starts = await Promise.allSettled([startGameDay(ctx, first), startGameDay(operator, second)]);
  const started = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  const [day] = started;
  expect(started).toHaveLength(1);
  expect(String(starts.flatMap((start) => (start.status === "rejected" ? [start.reason] : [])))).toContain(
    "is running",
  );
  const number = day?.number ?? 0;
  const other = number === first ? second : first;
  await expect(startGameDay(ctx, other)).rejects.toThrow(`GD-${number} is running`);
  await expect(discardGameDay(ctx, number)).rejects.toMatchObject({ code: "conflict" });
  const leased = (await rowOf(number))?.leasedUntil?.getTime() ?? 0;
  expect(leased - (day?.startedAt?.getTime() ?? 0)).toBe(30_000);

  await watcher.evaluate();
  expect((await rowOf(number))?.leasedUntil?.getTime()).toBe(leased);
  await set(number, { leasedUntil: await at(15), startedAt: await at(-130) });
  await watcher.evaluate();
  const renewed = (await rowOf(number))?.leasedUntil?.getTime() ?? 0;
  expect(renewed - (await databaseNow(db))).toBeGreaterThan(28_000);
  await noteGameDay(member, { number, words: "The board is calm." });
  const by = number === first ? ctx.actor.name : "Olga";
  expect(new Set(await logOf(number))).toEqual(
    new Set([
      `${by}: Started at 2.5% on 0 gateways.`,
      "Share raised to 5%.",
      "Share raised to 10%.",
      "Mia: The board is calm.",
    ]),
  );

  const until = await at(-1);
  await set(number, { until, leasedUntil: until });
  await watcher.evaluate();
  expect(await getGameDay(ctx, number)).toMatchObject({ state: "ended", endedAt: until, endReason: "", endedBy: null });
  expect(await logOf(number)).toContain("Ended as planned.");
  await expect(abortGameDay(member, { number })).rejects.toMatchObject({ code: "conflict" });
  await discardGameDay(ctx, other);
});

test("lets a member abort one that was not announced, of which on-call then learns", async () => {
  const number = await planned({ isAnnounced: false });
  await startGameDay(ctx, number);
  const aborted = await abortGameDay(member, { number, reason: "Customers call." });
  expect(aborted).toMatchObject({ state: "aborted", endedBy: "Mia", endReason: "Customers call." });
  const row = await rowOf(number);
  expect(row?.leasedUntil).toEqual(row?.endedAt);
  expect(row?.baseline).toMatchObject({ onCall: { id: ctx.actor.id }, budgets: [], steady: [], firingAlerts: [] });
  const notices = await db.select().from(notifications).where(eq(notifications.kind, "notice"));
  expect(notices.map(({ message }) => message)).toMatchObject([{ title: `digits: game day GD-${number} has ended` }]);
});

test("hides one that is not announced until it is over, except from its owner and admins", async () => {
  const hidden = { ...plan, isAnnounced: false };
  await expect(planGameDay(operator, { ...hidden, ownerId: ctx.actor.id })).rejects.toMatchObject({ field: "ownerId" });
  const { number } = await planGameDay(operator, hidden);
  const { token: row } = await createTokenFor(operator, operator.actor.id, { name: "CI", scopes: ["alerts:read"] });
  const token: Context = { ...operator, actor: { ...operator.actor, kind: "token", id: row.id, scopes: row.scopes } };
  const seenBy = async (as: Context) => {
    const reads = [getGameDay, listPreconditions, listAbortConditions, listGameDayEvents, listFollowUps];
    const found = await Promise.allSettled(reads.map((read) => read(as, number)));
    const listed = (await listGameDays(as)).some((day) => day.number === number);
    return new Set([listed, ...found.map(({ status }) => status === "fulfilled")]);
  };
  const isSeen = async () => [await seenBy(operator), await seenBy(token), await seenBy(ctx), await seenBy(member)];
  const [yes, no] = [new Set([true]), new Set([false])];
  expect(await isSeen()).toEqual([yes, yes, yes, no]);
  const other = await newMember(ctx, "operator");
  await expect(startGameDay(other, number)).rejects.toMatchObject({ code: "not-found" });
  await set(number, { ownerId: ctx.actor.id });
  expect(await isSeen()).toEqual([no, no, yes, no]);
  await startGameDay(ctx, number);
  expect(await isSeen()).toEqual([no, no, yes, no]);
  await expect(noteGameDay(member, { number, words: "Seen." })).rejects.toMatchObject({ code: "not-found" });
  await expect(getGameDayReport(member, number)).rejects.toMatchObject({ code: "not-found" });
  await abortGameDay(ctx, { number });
  expect(await isSeen()).toEqual([yes, yes, yes, yes]);
});

test("aborts when it burns the budget, when its owner leaves, for an incident of a person, and without a lease", async () => {
  const run = async () => {
    const number = await planned();
    await startGameDay(ctx, number);
    await watcher.evaluate();
    expect((await getGameDay(ctx, number)).state).toBe("running");
    return number;
  };
  const endOf = async (number: number) => {
    await watcher.evaluate();
    const { state, endReason, endedBy } = await getGameDay(ctx, number);
    expect([state, endedBy]).toEqual(["aborted", null]);
    return endReason;
  };

  const away = await run();
  await set(away, { ownerSeenAt: await at(-121) });
  await seeGameDay(member, away);
  expect(await endOf(away)).toContain("The owner’s page was closed");

  const seen = await run();
  await set(seen, { ownerSeenAt: await at(-121) });
  await seeGameDay(ctx, seen);
  await watcher.evaluate();
  const { number: incident } = await declareIncident(member, { title: "Slow", severity: "SEV3", endpointId });
  expect(await endOf(seen)).toBe(`INC-${incident} was declared.`);
  await moveIncident(ctx, { number: incident, to: "cancelled", reason });

  const lapsed = await run();
  const leasedUntil = await at(-5);
  await set(lapsed, { leasedUntil, until: await at(-1) });
  expect(await endOf(lapsed)).toContain("did not renew the lease");
  expect((await getGameDay(ctx, lapsed)).endedAt).toEqual(leasedUntil);

  await newSlo(ctx, { kind: "availability", endpointId }, { name: "responses", target: 0.9 });
  const burnt = await run();
  const minute = Math.floor(Date.now() / minuteMs) * minuteMs;
  const window = { endpointId, versionId, provider: "cpu", gatewayId: "g2", windowStart: new Date(minute - minuteMs) };
  await addWindow(ctx, { ...window, failures: { 503: 12 } });
  const [budget] = await listAbortConditions(ctx, burnt);
  expect(budget).toMatchObject({ key: "budget", isReached: true });
  expect(await endOf(burnt)).toMatch(/^It used 1\d(\.\d)?% of the responses budget, max 5%\.$/);
});

test("starts at its time, skips what is blocked, and repeats monthly", async () => {
  const number = await planned({ startsAt: new Date(Date.now() + dayMs), repeats: "monthly" });
  await watcher.evaluate();
  expect((await getGameDay(ctx, number)).state).toBe("planned");
  await set(number, { startsAt: await at(-1) });
  await freezeEndpoint(ctx, { endpointId, reason, until: new Date(Date.now() + dayMs) });
  await watcher.evaluate();
  const skipped = await getGameDay(ctx, number);
  expect(skipped).toMatchObject({ state: "skipped", startedAt: null, endReason: expect.stringContaining("is frozen") });
  expect(await logOf(number)).toEqual([`Skipped. ${skipped.endReason}`]);
  await liftFreeze(ctx, { endpointId, reason });

  const [next] = await listGameDays(ctx, { limit: 1 });
  expect(next).toMatchObject({ state: "planned", previous: { number }, repeats: "monthly", fault: skipped.fault });
  const weeks = ((next?.startsAt?.getTime() ?? 0) - (skipped.startsAt?.getTime() ?? 0)) / (7 * dayMs);
  expect([4, 5]).toContain(weeks);

  await set(next?.number ?? 0, { startsAt: await at(-1) });
  await watcher.evaluate();
  expect((await getGameDay(ctx, next?.number ?? 0)).state).toBe("running");
  expect(await logOf(next?.number ?? 0)).toEqual(["Started at 2.5% on 0 gateways."]);
  await abortGameDay(member, { number: next?.number ?? 0 });
  expect((await listGameDays(ctx, { limit: 1 }))[0]).toMatchObject({
    state: "planned",
    previous: { number: next?.number },
  });

  const late = await planned({ startsAt: new Date(Date.now() + dayMs) });
  await set(late, { startsAt: await at(-3_600) });
  await watcher.evaluate();
  expect((await getGameDay(ctx, late)).endReason).toContain("while no worker was running");
});
