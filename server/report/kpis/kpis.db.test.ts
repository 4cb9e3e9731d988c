import { randomUUID } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, endpoints, kpiEvents, predictions, rolloutOutcomes, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { getRolloutOutcomes } from "#server/release/rollouts/outcomes/outcome-queries.ts";
import { recordOutcomes } from "#server/report/kpis/record-outcomes.ts";
import { logged, stepping } from "#server/testing/fixtures/rollouts/sources/testing.ts";
import { addWindow } from "#server/testing/fixtures/serving/testing.ts";
import { newServed } from "#server/testing/fixtures/slo/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { archiveKpi } from "./archive-kpi.ts";
import { attributeWaiting } from "./attribute-waiting.ts";
import type { RecordKpiEvents } from "./contract.ts";
import { createKpi } from "./create-kpi.ts";
import { getKpi, listKpis } from "./queries.ts";
import { recordKpiEvents } from "./record-kpi-events.ts";
import { getKpiResults } from "./result-queries.ts";
import { updateKpi } from "./update-kpi.ts";

configureLog({ role: "test", level: "silent" });

const kpi = "order";

const post = (ctx: Context, ...events: RecordKpiEvents["events"]) => recordKpiEvents(ctx, { kpi, events });

/** Creates an endpoint that served a hundred requests, one of which is in the log as "r1". */
async function createFixture(ctx: Context) {
  const ids = await newServed(ctx);
  await deployVersion(ctx, { endpointId: ids.endpointId, model: "digits", version: 1 });
  await addWindow(ctx, {
    ...ids,
    windowStart: new Date(Date.now() - 60_000),
    latenciesMs: Array.from({ length: 100 }, () => 3),
  });
  await createKpi(ctx, { name: kpi, definition: { unit: "€" } });
  return ids;
}

async function log(
  ctx: Context,
  { endpointId, versionId }: { endpointId: string; versionId: string },
  requestId: string,
) {
  await ctx.db.insert(predictions).values({
    id: randomUUID(),
    workspaceId: ctx.actor.workspaceId,
    endpointId,
    versionId,
    arm: "stable",
    at: new Date(),
    requestId,
    status: 200,
    provider: "cpu",
    latencyMs: 1,
  });
}

test(
  "attributes an event to the version that served its request, and ignores a repeated ID",
  inWorkspace(async (ctx) => {
    const ids = await createFixture(ctx);
    await log(ctx, ids, "r1");
    const event = { id: "e1", requestId: "r1", value: 20 };
    expect(await post(ctx, event)).toEqual({ added: 1, repeated: 0, waiting: 0 });
    expect(await post(ctx, { ...event, value: 99 }, event)).toEqual({ added: 0, repeated: 1, waiting: 0 });
    expect((await getKpiResults(ctx, { kpi })).versions).toMatchObject([
      { endpoint: "digits", version: 1, arm: "stable", requests: 100, events: 1, value: 20, eventsPer1000: 10 },
    ]);
  }),
);

test(
  "counts an event without ID once per request, and accepts a corrected value",
  inWorkspace(async (ctx) => {
    await log(ctx, await createFixture(ctx), "r1");
    await post(ctx, { requestId: "r1", value: 20 });
    expect(await post(ctx, { requestId: "r1", value: 25 })).toMatchObject({ added: 0, repeated: 1 });
    expect(await getKpi(ctx, { kpi })).toMatchObject({ events: 1, value: 25, unattributed: 0 });
  }),
);

test(
  "queues an event that precedes its prediction, and attributes it once later",
  inWorkspace(async (ctx) => {
    const ids = await createFixture(ctx);
    expect(await post(ctx, { requestId: "early" })).toEqual({ added: 1, repeated: 0, waiting: 1 });
    await attributeWaiting(ctx);
    expect((await getKpi(ctx, { kpi })).unattributed).toBe(1);
    await log(ctx, ids, "early");
    await attributeWaiting(ctx);
    await attributeWaiting(ctx);
    const rows = await ctx.db.select().from(kpiEvents).where(eq(kpiEvents.workspaceId, ctx.actor.workspaceId));
    expect(rows).toMatchObject([{ versionId: ids.versionId, endpointId: ids.endpointId, arm: "stable" }]);
  }),
);

test(
  "attributes the events of a KPI although those of another one fail",
  inWorkspace(async (ctx) => {
    const ids = await createFixture(ctx);
    const { id } = await createKpi(ctx, { name: "broken" });
    await post(ctx, { requestId: "early" });
    await recordKpiEvents(ctx, { kpi: "broken", events: [{ requestId: "early" }] });
    await log(ctx, ids, "early");
    await ctx.db.execute(
      sql.raw(`
      create function poison() returns trigger language plpgsql as $$
        begin if new.kpi_id = '${id}' then raise exception 'poison'; end if; return new; end $$`),
    );
    await ctx.db.execute(sql`create trigger poison before update on kpi_events for each row execute function poison()`);
    await attributeWaiting(ctx);
    expect((await getKpi(ctx, { kpi })).unattributed).toBe(0);
    expect((await getKpi(ctx, { kpi: "broken" })).unattributed).toBe(1);
  }),
);

test(
  "attributes an event by unit to the version serving the endpoint, which is required",
  inWorkspace(async (ctx) => {
    const ids = await createFixture(ctx);
    await post(ctx, { unit: "customer-7", endpoint: "digits" });
    const [row] = await ctx.db.select().from(kpiEvents).where(eq(kpiEvents.workspaceId, ctx.actor.workspaceId));
    expect(row).toMatchObject({ versionId: ids.versionId, arm: "stable", rolloutId: null });
    await expect(post(ctx, { unit: "customer-7" })).rejects.toMatchObject({ code: "invalid" });
    await expect(post(ctx, { unit: "x", endpoint: "none" })).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "attributes an event at the endpoint that it names, although another one served a request with that ID before",
  inWorkspace(async (ctx) => {
    const ids = await createFixture(ctx);
    const other = await newServed(ctx, "other");
    await deployVersion(ctx, { endpointId: other.endpointId, model: "other", version: 1 });
    await log(ctx, ids, "1");
    await post(ctx, { id: "early", requestId: "1", endpoint: "other" });
    await log(ctx, other, "1");
    await post(ctx, { id: "late", requestId: "1", endpoint: "other" }, { id: "any", requestId: "1" });
    await attributeWaiting(ctx);
    const rows = await ctx.db.select().from(kpiEvents).where(eq(kpiEvents.workspaceId, ctx.actor.workspaceId));
    const versions = Object.fromEntries(rows.map(({ eventId, versionId }) => [eventId, versionId]));
    expect(versions).toEqual({ early: other.versionId, late: other.versionId, any: ids.versionId });
  }),
);

test(
  "relates events of sampled requests to sampled requests, and leaves out those of requests logged for another reason",
  inWorkspace(async (ctx) => {
    const ids = await newServed(ctx);
    const windowStart = new Date(Date.now() - 60_000);
    await addWindow(ctx, { ...ids, windowStart, latenciesMs: Array(100).fill(3), sampled: 10 });
    await createKpi(ctx, { name: kpi });
    await log(ctx, ids, "sampled");
    await log(ctx, ids, "uncertain");
    await ctx.db
      .update(predictions)
      .set({ loggedReason: "low-confidence" })
      .where(eq(predictions.requestId, "uncertain"));
    await post(
      ctx,
      { requestId: "sampled", value: 20 },
      { requestId: "uncertain", value: 7 },
      { requestId: "unlogged" },
    );
    expect(await getKpiResults(ctx, { kpi })).toMatchObject({
      versions: [{ requests: 100, sampledRequests: 10, events: 2, value: 27, eventsPer1000: 100, valuePer1000: 2000 }],
      unattributed: 1,
    });
  }),
);

test(
  "attributes the event of an unknown unit to no version while a rollout divides the traffic",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, [{ metric: "errors" }]);
    const { endpointId } = fixture;
    const [endpoint] = await ctx.db
      .select({ name: endpoints.name })
      .from(endpoints)
      .where(eq(endpoints.id, endpointId));
    await createKpi(ctx, { name: kpi });
    const event = { unit: "customer-7", endpoint: endpoint?.name as string };
    const during = new Date(Date.now() + 1000);
    await post(ctx, { ...event, id: "during", at: during });
    await ctx.db.update(rollouts).set({ endedAt: new Date(during.getTime() + 1000), phase: "rolled-back" });
    await post(ctx, { ...event, id: "after", at: new Date(during.getTime() + 2000) });
    await attributeWaiting(ctx);
    const rows = await ctx.db.select().from(kpiEvents).where(eq(kpiEvents.workspaceId, ctx.actor.workspaceId));
    const found = Object.fromEntries(rows.map(({ eventId, arm, foundBy }) => [eventId, [arm, foundBy]]));
    expect(found).toEqual({ during: [null, null], after: ["stable", "unit"] });
  }),
);

test(
  "counts the same events in a rollout by arm under the name of the KPI",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, [{ metric: "errors" }, { metric: "conversions", event: kpi }]);
    await createKpi(ctx, { name: kpi });
    await logged(fixture, "a", { arm: "canary" });
    await logged(fixture, "b");
    await post(ctx, { requestId: "a", value: 20 }, { requestId: "b", value: 5 }, { requestId: "b", value: 5 });
    const { outcomes } = await getRolloutOutcomes(ctx, { rolloutId: fixture.rolloutId });
    expect(outcomes.map(({ name }) => name)).toEqual([kpi]);
    const received = await ctx.db
      .select()
      .from(rolloutOutcomes)
      .where(eq(rolloutOutcomes.rolloutId, fixture.rolloutId));
    expect(received.map(({ arm, value }) => [arm, value]).toSorted()).toEqual([
      ["canary", 20],
      ["stable", 5],
    ]);
    const { versions } = await getKpiResults(ctx, { kpi });
    expect(versions.map(({ arm, value }) => [arm, value]).toSorted()).toEqual([
      ["canary", 20],
      ["stable", 5],
    ]);
  }),
);

test(
  "counts an event once with its last value, posted to the rollout or the KPI, in any order and twice",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, [{ metric: "errors" }, { metric: "conversions", event: kpi }]);
    const { endpointId } = fixture;
    await createKpi(ctx, { name: kpi });
    for (const id of ["a", "b", "c"]) await logged(fixture, id, { arm: id === "b" ? "stable" : "canary" });
    const outcomes = [
      { requestId: "a", name: kpi, value: 20 },
      { requestId: "b", name: kpi },
      { requestId: "a", name: "return" },
    ];
    for (let times = 0; times < 2; times += 1) await recordOutcomes(ctx, { endpointId, outcomes });
    await post(ctx, { requestId: "a", value: 25 }, { requestId: "c", value: 3, id: "order-3" });
    await recordOutcomes(ctx, { endpointId, outcomes: [{ requestId: "c", name: kpi, value: 3 }] });
    const { rolloutId } = fixture;
    const { versions } = await getKpiResults(ctx, { kpi });
    const received = await ctx.db.select().from(rolloutOutcomes).where(eq(rolloutOutcomes.rolloutId, rolloutId));
    const sums = (arm: string) => received.filter((row) => row.name === kpi && row.arm === arm).length;
    expect([sums("canary"), sums("stable")]).toEqual([2, 1]);
    expect(versions.map(({ arm, events, value }) => [arm, events, value]).toSorted()).toEqual([
      ["canary", 2, 28],
      ["stable", 1, 1],
    ]);
    expect(received.find(({ unit, name }) => unit === "a" && name === kpi)?.value).toBe(25);
    // An outcome without a KPI is only the rollout's.
    expect(await ctx.db.$count(kpiEvents, eq(kpiEvents.workspaceId, ctx.actor.workspaceId))).toBe(3);
  }),
);

test(
  "queues an outcome whose request is not yet logged, and counts it in both places later",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, [{ metric: "errors" }]);
    await createKpi(ctx, { name: kpi });
    const sent = { endpointId: fixture.endpointId, outcomes: [{ requestId: "late", name: kpi, value: 7 }] };
    expect(await recordOutcomes(ctx, sent)).toMatchObject({ added: 0, unknown: ["late"] });
    await logged(fixture, "late", { arm: "canary" });
    await attributeWaiting(ctx);
    await recordOutcomes(ctx, sent);
    const received = await ctx.db
      .select()
      .from(rolloutOutcomes)
      .where(eq(rolloutOutcomes.rolloutId, fixture.rolloutId));
    expect(received).toMatchObject([{ arm: "canary", value: 7 }]);
    expect((await getKpiResults(ctx, { kpi })).versions).toMatchObject([{ arm: "canary", events: 1, value: 7 }]);
  }),
);

test(
  "requires a unique name, updates and archives a KPI, and restores it by name with its counts",
  inWorkspace(async (ctx) => {
    await createKpi(ctx, { name: kpi });
    await expect(createKpi(ctx, { name: kpi })).rejects.toMatchObject({ code: "conflict" });
    await post(ctx, { requestId: "x" });
    const definition = { description: "paid orders", unit: "€", better: "more" as const };
    expect((await updateKpi(ctx, { kpi, definition })).definition).toEqual(definition);
    await archiveKpi(ctx, { kpi, reason: "no longer" });
    expect(await listKpis(ctx)).toEqual([]);
    await expect(post(ctx, { requestId: "y" })).rejects.toMatchObject({ code: "conflict" });
    expect(await createKpi(ctx, { name: kpi })).toMatchObject({ archivedAt: null, events: 1 });
    const actions = await ctx.db
      .select({ action: auditEvents.action })
      .from(auditEvents)
      .where(and(eq(auditEvents.workspaceId, ctx.actor.workspaceId), eq(auditEvents.actorId, ctx.actor.id)));
    expect(actions.map(({ action }) => action)).toEqual(["kpi.created", "kpi.updated", "kpi.archived", "kpi.created"]);
  }),
);

test(
  "forbids viewers to post and define, and does not find a KPI of another workspace",
  inWorkspace(async (ctx) => {
    await createKpi(ctx, { name: kpi });
    const viewer = as(ctx, "viewer");
    await expect(createKpi(viewer, { name: "x" })).rejects.toMatchObject({ code: "forbidden" });
    await expect(post(viewer, { requestId: "x" })).rejects.toMatchObject({ code: "forbidden" });
    await expect(archiveKpi(as(ctx, "member"), { kpi })).rejects.toMatchObject({ code: "forbidden" });
    const other = await newWorkspace(ctx.db);
    await expect(getKpi(other, { kpi })).rejects.toMatchObject({ code: "not-found" });
    await expect(post(other, { requestId: "x" })).rejects.toMatchObject({ code: "not-found" });
  }),
);
