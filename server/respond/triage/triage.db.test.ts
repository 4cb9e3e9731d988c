import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertGroups, incidents, timelineEvents } from "#db/schema/index.ts";
import { transact } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { createTeam } from "#server/platform/teams/create-team.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { acknowledgeGroup } from "#server/respond/acknowledgement/acknowledge-group.ts";
import { freezeEndpoint } from "#server/respond/freezes/freeze-endpoint.ts";
import { liftFreeze } from "#server/respond/freezes/lift-freeze.ts";
import { watchRecovery } from "#server/respond/recovery/watch-recovery.ts";
import { setSilence } from "#server/respond/silences/set-silence.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { newPerson } from "#server/testing/fixtures/oncall/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { setOnFire } from "../../testing/fixtures/triage/testing.ts";
import { rollBackEndpoint } from "./actions/roll-back-endpoint.ts";
import { countUnacknowledgedPages, listQueue } from "./queue/queries.ts";
import { getTriage } from "./triage-queries.ts";

test(
  "shows a bad deployment as one row with likely cause, failing segment and rollback first",
  inWorkspace(async (ctx) => {
    const { endpointId, rise } = await setOnFire(ctx, { name: "card-fraud" });
    const queue = await listQueue(ctx);
    expect(queue.counts).toMatchObject({ all: 1, unacknowledged: 1, pages: 1, silenced: 0 });
    const [row] = queue.rows;
    expect(row).toMatchObject({
      severity: "page",
      state: "unacknowledged",
      service: "card-fraud",
      groups: 1,
      incident: { number: 1, state: "triage" },
    });
    expect(row?.burn).toBeGreaterThan(14.4);
    expect(row?.reach).toBeCloseTo(0.156, 1);
    expect(await countUnacknowledgedPages(ctx)).toBe(1);
    const found = await getTriage(ctx, { incident: 1 });
    expect(found.title).toMatch(/^card-fraud: 15\.\d% of requests fail/);
    expect(found.title.slice("card-fraud: ".length)).toBe(row?.cause);
    expect(Math.abs(found.startedAt - rise)).toBeLessThanOrEqual(60_000);
    expect(found.numbers?.since.bad).toBeGreaterThan(900);
    expect(found.numbers?.glance?.before.availability).toBeGreaterThan(0.99);
    expect(found.numbers?.glance?.now.availability).toBeLessThan(0.9);
    expect(found.cause).toMatchObject({
      evidence: "strong",
      change: { kind: "deploy", after: "card-fraud version 2" },
    });
    expect(found.cause.beforeMs).toBeCloseTo(120_000, -5);
    const nordPay = found.segments?.rows.find(({ name }) => name === "caller = NordPay");
    expect(nordPay?.ofBad.share).toBeGreaterThan(0.9);
    expect(nordPay?.ofTraffic.share).toBeLessThan(0.45);
    expect(nordPay && nordPay.ofBad.low > nordPay.ofTraffic.high).toBe(true);
    const [first] = found.actions;
    expect(first).toMatchObject({
      act: "roll-back",
      isRecommended: true,
      off: null,
      to: { model: "card-fraud", version: 1 },
    });
    expect(first?.consequences[0]).toEqual({ label: "Version", value: "2 → 1" });
    expect(first?.consequences.find(({ label }) => label === "Error rate then")?.value).toMatch(/^0\.[01]\d*% \(/);
    expect([found.retrainedModel, found.actions.some(({ act }) => act === "retrain")]).toEqual([null, false]);
    expect(found.endpoint).toMatchObject({ id: endpointId, serves: "card-fraud v2" });
    // The chart follows the range that someone looks at; what the incident did does not.
    const until = new Date(rise - 30 * minuteMs);
    const earlier = await getTriage(ctx, { incident: 1, minutes: 15, until });
    expect(
      earlier.numbers?.minutes.every(({ at }) => at >= until.getTime() - 16 * minuteMs && at <= until.getTime()),
    ).toBe(true);
    expect(earlier.cause.change).toEqual(found.cause.change);
    expect(earlier.numbers?.since.bad).toBeGreaterThanOrEqual(found.numbers?.since.bad ?? Number.NaN);
    expect(earlier.numbers?.glance?.now.availability).toBeLessThan(0.9);
    expect(earlier.slo?.spent).toBeGreaterThan(0);
  }),
);

test(
  "lists the lines of a team, and the teams that have lines or the reader",
  inWorkspace(async (ctx) => {
    await setOnFire(ctx, { name: "card-fraud" });
    const own = await createTeam(ctx, { name: "Payments", members: [{ userId: await newPerson(ctx, "Ines") }] });
    const other = await createTeam(ctx, { name: "Labels" });
    await createTeam(ctx, { name: "Without lines" });
    await ctx.db.update(incidents).set({ teamId: other.id });
    const team = { isOwn: false, count: 0 };
    expect((await listQueue(ctx)).teams).toEqual([{ ...team, id: other.id, name: "Labels", count: 1 }]);
    expect((await listQueue(ctx, { team: other.id })).rows).toHaveLength(1);
    const empty = await listQueue(ctx, { team: own.id });
    expect([empty.rows, empty.counts.all]).toEqual([[], 1]);
    expect(empty.teams.map(({ name, count }) => `${name} ${count}`)).toEqual(["Labels 1", "Payments 0"]);
  }),
);

test(
  "adds a rollback to the incident, and moves acknowledged or silenced groups to their filter",
  inWorkspace(async (ctx) => {
    const { endpointId } = await setOnFire(ctx, { name: "card-fraud" });
    const { rows } = await listQueue(ctx);
    const groupId = rows[0]?.groupId as string;
    await acknowledgeGroup(ctx, { groupId });
    const back = await rollBackEndpoint(ctx, { endpointId, groupId, reason: "It fails." });
    expect(back).toEqual({ model: "card-fraud", version: 1 });
    expect((await currentDeployments(ctx, [endpointId])).get(endpointId)?.version).toBe(1);
    const received = await ctx.db.select().from(timelineEvents).where(eq(timelineEvents.kind, "rollback"));
    expect(received).toMatchObject([{ title: "Rolled back card-fraud to card-fraud version 1", body: "It fails." }]);
    const other = { ...ctx, actor: { ...ctx.actor, name: "Bo" } };
    const seen = await getTriage(other, { groupId });
    const roll = seen.actions.find(({ act }) => act === "roll-back");
    expect(roll?.off).toBe(`${ctx.actor.name} is rolling back… Wait to see whether it helps.`);
    const { labels } = seen;
    const matchers = Object.entries(labels).map(([name, value]) => ({ name, value, isRegex: false }));
    const span = { startsAt: new Date(), endsAt: new Date(Date.now() + hourMs) };
    await setSilence(ctx, { matchers, ...span, comment: "Known.", confirm: 1 });
    const after = await listQueue(ctx, { filter: "mine" });
    expect(after.rows).toMatchObject([{ groupId, owner: { name: ctx.actor.name } }]);
    expect(after.rows[0]).toMatchObject({ state: "silenced", silencedUntil: span.endsAt.getTime() });
    expect(after.counts).toMatchObject({ all: 1, silenced: 1, unacknowledged: 0 });
  }),
);

test(
  "recommends no rollback to the version that was just left, neither while it recovers nor when that had no effect",
  inWorkspace(async (ctx) => {
    const { endpointId } = await setOnFire(ctx, { name: "card-fraud" });
    const groupId = (await listQueue(ctx)).rows[0]?.groupId as string;
    await acknowledgeGroup(ctx, { groupId });
    await rollBackEndpoint(ctx, { endpointId, groupId, reason: "It fails." });
    const seen = await getTriage(ctx, { groupId });
    expect(seen.row.stage).toMatchObject({ stage: "watch", action: { kind: "rollback", by: ctx.actor.name } });
    expect(seen.row.stage?.words).toMatch(/^Waiting for an effect: .*, 5\u00a0min left\.$/);
    expect(seen.actions.filter(({ isRecommended }) => isRecommended)).toEqual([]);
    const held = seen.actions.find(({ act }) => act === "roll-back");
    expect(held?.off).toContain("Rolled back card-fraud to card-fraud version 1. Waiting for an effect");
    const now = Date.now() + 6 * minuteMs;
    await transact(ctx, (ctx) => watchRecovery(ctx, 1, now));
    const again = await getTriage(ctx, { groupId });
    expect(again.row.stage).toMatchObject({ stage: "act", failed: [{ kind: "rollback" }] });
    expect(again.row.stage?.words).toContain("Rolled back card-fraud to card-fraud version 1: no effect in 5");
    expect(again.actions.filter(({ isRecommended }) => isRecommended)).toEqual([]);
    expect(again.cause).toMatchObject({ change: null, evidence: "none" });
    const back = again.actions.find(({ act }) => act === "roll-back");
    expect(back).toMatchObject({ off: "No version is left to roll back to: v2 is blocked here." });
    await expect(rollBackEndpoint(ctx, { endpointId, groupId, reason: "x" })).rejects.toThrow("No earlier version");
  }),
);

test(
  "keeps an acknowledged incident acknowledged while only its ticket fires, and not when another page fires",
  inWorkspace(async (ctx) => {
    await setOnFire(ctx, { name: "card-fraud" });
    const groupId = (await listQueue(ctx)).rows[0]?.groupId as string;
    await acknowledgeGroup(ctx, { groupId });
    // A ticket of the incident that nobody has acknowledged, in the place of the page.
    const group = eq(alertGroups.id, groupId);
    const asSeverity = (severity: string) => sql`summary || ${JSON.stringify({ severity })}::jsonb`;
    await ctx.db
      .update(alertGroups)
      .set({ acknowledgement: null, summary: asSeverity("ticket") })
      .where(group);
    expect((await listQueue(ctx)).rows).toMatchObject([{ state: "acknowledged", severity: "ticket" }]);
    await ctx.db
      .update(alertGroups)
      .set({ summary: asSeverity("page") })
      .where(group);
    expect((await listQueue(ctx)).rows).toMatchObject([{ state: "unacknowledged", severity: "page" }]);
  }),
);

test(
  "rejects another version on a frozen endpoint, but allows rollbacks, until it is unfrozen",
  inWorkspace(async (ctx) => {
    const { endpointId } = await setOnFire(ctx, { name: "card-fraud", failing: 0.0001 });
    await newVersion(ctx, { model: "card-fraud", version: 3 });
    const until = new Date(Date.now() + hourMs);
    await freezeEndpoint(ctx, { endpointId, until, reason: "While this is looked into" });
    const input = { endpointId, model: "card-fraud", reason: "x" };
    await expect(deployVersion(ctx, { ...input, version: 3 })).rejects.toThrow(
      /froze changes to this endpoint until .*: While this is looked into\. Until then, only rollbacks/,
    );
    await rollBackEndpoint(ctx, { endpointId, reason: "It fails." });
    await liftFreeze(ctx, { endpointId, reason: "Found it." });
    await expect(liftFreeze(ctx, { endpointId, reason: "Found it." })).rejects.toThrow("is not frozen");
    await deployVersion(ctx, { ...input, version: 3 });
    await expect(freezeEndpoint(ctx, { endpointId, until: new Date(0), reason: "x" })).rejects.toThrow("passed");
  }),
);

test(
  "offers to lift the freeze of a frozen endpoint, and adds it to the incident",
  inWorkspace(async (ctx) => {
    const { endpointId } = await setOnFire(ctx, { name: "card-fraud" });
    const groupId = (await listQueue(ctx)).rows[0]?.groupId as string;
    const underF = async () => (await getTriage(ctx, { groupId })).actions.filter(({ key }) => key === "F");
    expect(await underF()).toMatchObject([{ act: "freeze", off: null }]);
    const until = new Date(Date.now() + hourMs);
    await freezeEndpoint(ctx, { endpointId, groupId, until, reason: "While this is looked into" });
    const words = `Frozen by ${ctx.actor.name}: While this is looked into`;
    expect(await underF()).toMatchObject([{ act: "lift-freeze", label: "Lift freeze…", off: null, words }]);
    await liftFreeze(ctx, { endpointId, groupId, reason: "Found it." });
    expect(await underF()).toMatchObject([{ act: "freeze", off: null }]);
    const received = await ctx.db.select().from(timelineEvents).where(eq(timelineEvents.kind, "action"));
    expect(received.map(({ title }) => title)).toContain("Lifted the freeze on card-fraud: Found it.");
  }),
);

test(
  "reports what does not exist, and still shows a closed incident",
  inWorkspace(async (ctx) => {
    await expect(getTriage(ctx, { incident: 99 })).rejects.toThrow("Incident INC-99 not found.");
    await expect(getTriage(ctx, {})).rejects.toThrow("either an alert group or an incident number");
    await setOnFire(ctx, { name: "card-fraud" });
    await ctx.db.update(incidents).set({ state: "resolved", resolvedAt: new Date() });
    const { closed, rows } = await listQueue(ctx);
    expect(closed).toMatchObject([{ incidentNumber: 1, service: "card-fraud" }]);
    // Its alerts still fire: they are a separate line again.
    expect(rows.every(({ incident }) => incident === null)).toBe(true);
    expect(await getTriage(ctx, { incident: 1 })).toMatchObject({
      row: { incident: { number: 1, state: "resolved" } },
    });
  }),
);
