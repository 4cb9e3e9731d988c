import { desc, eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import {
  alertGroups,
  deployments,
  incidents,
  notifications,
  servingWindows,
  sliHours,
  slos,
  timelineEvents,
} from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { attemptOnce } from "#server/platform/jobs/watcher.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { acknowledgeGroup } from "#server/respond/acknowledgement/acknowledge-group.ts";
import { attachDueFacts } from "#server/respond/incidents/attach-due-facts.ts";
import { mergeIncident } from "#server/respond/incidents/folding/merge-incident.ts";
import { unlinkIncident } from "#server/respond/incidents/links/unlink-incident.ts";
import { moveIncident } from "#server/respond/incidents/move-incident.ts";
import { createRunbook } from "#server/respond/incidents/runbooks/create-runbook.ts";
import { renderRunbook } from "#server/respond/incidents/runbooks/render-runbook.ts";
import { Recovery } from "#server/respond/incidents/stages/contract.ts";
import { listTimeline } from "#server/respond/incidents/timeline/queries.ts";
import { newIncident } from "#server/testing/fixtures/incidents/testing.ts";
import { setOnFire } from "#server/testing/fixtures/triage/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { rollBackEndpoint } from "../triage/actions/roll-back-endpoint.ts";
import { listQueue } from "../triage/queue/queries.ts";
import { foldAlerts } from "./fold-alerts.ts";
import { watchRecovery } from "./watch-recovery.ts";

const read = async (ctx: Context) =>
  (await ctx.db.select().from(incidents).orderBy(incidents.number))[0] as typeof incidents.$inferSelect;
const look = (ctx: Context, at: number) => transact(ctx, (ctx) => watchRecovery(ctx, 1, at));
const pages = (ctx: Context) => ctx.db.select().from(notifications).where(eq(notifications.kind, "incident"));

test(
  "acts, watches a rollback, and acts again with a page for the lead when it has no effect",
  inWorkspace(async (ctx) => {
    const { endpointId } = await setOnFire(ctx, { name: "card-fraud" });
    const now = Date.now();
    await look(ctx, now);
    expect(await read(ctx)).toMatchObject({ stage: "act" });
    expect(Recovery.parse((await read(ctx)).recovery).burn).toBeGreaterThan(14.4);
    const groupId = (await listQueue(ctx)).rows[0]?.groupId as string;
    await acknowledgeGroup(ctx, { groupId });
    await rollBackEndpoint(ctx, { endpointId, groupId, reason: "It fails." });
    expect(await read(ctx)).toMatchObject({ stage: "watch", recovery: { action: { burn: expect.any(Number) } } });
    await look(ctx, now + 4 * minuteMs);
    expect((await read(ctx)).stage).toBe("watch");
    expect(await pages(ctx)).toEqual([]);
    await look(ctx, Date.now() + 5 * minuteMs);
    expect((await read(ctx)).stage).toBe("act");
    expect(await pages(ctx)).toMatchObject([
      { severity: "page", message: { title: expect.stringContaining("INC-1") } },
    ]);
    const noted = await ctx.db.select().from(timelineEvents).where(eq(timelineEvents.kind, "metric"));
    expect(noted.map(({ title }) => title)).toEqual([expect.stringMatching(/^Act: no effect in 5/)]);
  }),
);

test(
  "acts again without paging where an action helped and another endpoint of the incident still burns",
  inWorkspace(async (ctx) => {
    const first = await setOnFire(ctx, { name: "card-fraud" });
    await setOnFire(ctx, { name: "loans" });
    await mergeIncident(ctx, { number: 2, into: 1, reason: "One outage" });
    await attachDueFacts(ctx, (await read(ctx)).id);
    const [group] = await ctx.db
      .select({ id: alertGroups.id })
      .from(alertGroups)
      .where(sql`${alertGroups.summary}->>'endpointId' = ${first.endpointId}`);
    await rollBackEndpoint(ctx, { endpointId: first.endpointId, groupId: group?.id ?? "", reason: "It fails." });
    expect((await read(ctx)).recovery.action).toMatchObject({ endpointId: first.endpointId });
    // Six minutes later, the first endpoint has recovered.
    const [slo] = await ctx.db.select({ seriesId: slos.seriesId }).from(slos).where(eq(slos.id, first.sloId));
    await ctx.db
      .update(sliHours)
      .set({ good: sql`total` })
      .where(eq(sliHours.seriesId, slo?.seriesId ?? ""));
    await ctx.db.execute(sql`
      update slo_states set state = jsonb_set(state, '{tiers}', '[]') where slo_id = ${first.sloId}`);
    await ctx.db.execute(sql`
      update incidents set recovery = jsonb_set(recovery, '{check,at}', ((recovery#>>'{check,at}')::float8 - ${6 * minuteMs})::text::jsonb)
      where number = 1`);
    await look(ctx, Date.now());
    const { stage, recovery } = await read(ctx);
    expect({ stage, failed: recovery.failed }).toEqual({ stage: "act", failed: [] });
    expect(recovery.reason).toMatch(/^burn rate \d+× at another endpoint$/);
    expect(await pages(ctx)).toEqual([]);
  }),
);

test(
  "does not take an outage of the last seconds for a recovery, because no complete minute has it yet",
  inWorkspace(async (ctx) => {
    await setOnFire(ctx, { name: "card-fraud" });
    await ctx.db.update(sliHours).set({ good: sql`total` });
    await look(ctx, Date.now());
    const { stage, recovery } = await read(ctx);
    expect(stage).toBe("act");
    expect(recovery).toMatchObject({ calmSince: null, burn: expect.any(Number) });
    expect(Recovery.parse(recovery).burn).toBeGreaterThan(14.4);
  }),
);

test(
  "recovers once no page fires although tickets do",
  inWorkspace(async (ctx) => {
    await setOnFire(ctx, { name: "card-fraud" });
    await ctx.db.update(sliHours).set({ good: sql`total` });
    await ctx.db.execute(sql`
      update slo_states set state = jsonb_set(state, '{tiers}', (
        select jsonb_agg(case when tier->'tier'->>'severity' = 'page' then tier || '{"isFiring": false, "short": null}' else tier end)
        from jsonb_array_elements(state->'tiers') as tier))`);
    await look(ctx, Date.now());
    expect(await read(ctx)).toMatchObject({ stage: "watch", recovery: { burn: 0, calmSince: expect.any(Number) } });
  }),
);

test(
  "recovers once the minutes are good, may be resolved after ten, and pages again when it burns once more",
  inWorkspace(async (ctx) => {
    const { endpointId } = await setOnFire(ctx, { name: "card-fraud" });
    const groupId = (await listQueue(ctx)).rows[0]?.groupId as string;
    await acknowledgeGroup(ctx, { groupId });
    await rollBackEndpoint(ctx, { endpointId, groupId, reason: "It fails." });
    await ctx.db.update(servingWindows).set({ failures: {} });
    const now = Date.now();
    // No traffic later than now, and nothing fires any more.
    await ctx.db.update(alertGroups).set({ endedAt: new Date(now) });
    await look(ctx, now + 10 * minuteMs);
    expect(await read(ctx)).toMatchObject({ stage: "watch", recovery: { calmSince: now + 10 * minuteMs } });
    expect((await listQueue(ctx)).rows[0]?.stage?.words).toMatch(/^Recovering: nothing fires, \d+\u00a0min to go\.$/);
    await look(ctx, now + 20 * minuteMs);
    expect((await read(ctx)).stage).toBe("resolve");
    await ctx.db.update(alertGroups).set({ endedAt: null, summary: { ...(await summaryOf(ctx)), sloId: null } });
    await look(ctx, now + 21 * minuteMs);
    expect((await read(ctx)).stage).toBe("act");
    expect(await pages(ctx)).toHaveLength(1);
  }),
);

test(
  "sees a version that was changed elsewhere, and what a person calls fixed",
  inWorkspace(async (ctx) => {
    const { endpointId } = await setOnFire(ctx, { name: "card-fraud" });
    await deployVersion(ctx, { endpointId, model: "card-fraud", version: 1 });
    await deployedNow(ctx);
    await look(ctx, Date.now());
    const { stage, recovery } = await read(ctx);
    expect(stage).toBe("watch");
    expect(recovery.action).toMatchObject({
      kind: "rollback",
      title: "Rolled back card-fraud to card-fraud version 1",
      by: ctx.actor.name,
    });
    const groupId = (await listQueue(ctx)).rows[0]?.groupId as string;
    await acknowledgeGroup(ctx, { groupId });
    await moveIncident(ctx, { number: 1, to: "mitigated", reason: "The disk was replaced" });
    expect(await read(ctx)).toMatchObject({
      stage: "watch",
      recovery: { action: { kind: "fixed", title: "The disk was replaced" } },
    });
  }),
);

test(
  "resolves a minor incident that was calm for two hours, and leaves a severe one to people",
  inWorkspace(async (ctx) => {
    const { id } = await newIncident(ctx, { startedAt: new Date(Date.now() - 3 * hourMs) });
    const now = Date.now();
    await ctx.db.update(alertGroups).set({ endedAt: new Date(now - hourMs) });
    const calm = { stage: "resolve" as const, stageAt: new Date(now - 2 * hourMs), state: "mitigated" as const };
    await ctx.db
      .update(incidents)
      .set({ ...calm, severity: "SEV2" })
      .where(eq(incidents.id, id));
    await look(ctx, now);
    expect((await read(ctx)).state).toBe("mitigated");
    await ctx.db.update(incidents).set({ severity: "SEV3" }).where(eq(incidents.id, id));
    await look(ctx, now);
    expect(await read(ctx)).toMatchObject({ state: "resolved" });
  }),
);

test(
  "folds tickets of the endpoint into its incident, once, and shows one reach for both",
  inWorkspace(async (ctx) => {
    const { endpointId, sloId } = await setOnFire(ctx, { name: "card-fraud" });
    const summary = { ...(await summaryOf(ctx)), severity: "ticket" };
    const { id: ticket } = await newTicket(ctx, { ...summary, sloId: null, reach: 0.61, title: "drift of amount" });
    const [late] = [await newTicket(ctx, { ...summary, sloId, title: "burns slowly" })];
    await ctx.db
      .update(alertGroups)
      .set({ createdAt: new Date(Date.now() + hourMs) })
      .where(eq(alertGroups.id, late.id));
    const other = await newTicket(ctx, { ...summary, sloId: null, endpointId: null, service: "elsewhere" });
    const before = (await listQueue(ctx)).rows;
    expect(before.map(({ alerts }) => alerts)).toHaveLength(4);
    expect(new Set(before.filter((row) => row.endpointId === endpointId).map(({ reach }) => reach))).toEqual(
      new Set([0.61]),
    );
    await foldAlerts(ctx.db, attemptOnce);
    const { rows } = await listQueue(ctx);
    expect(rows).toMatchObject([{ incident: { number: 1 }, groups: 3 }, { groupId: other.id }]);
    const { id } = await read(ctx);
    const kinds = (await listTimeline(ctx, { number: 1, kinds: ["alert"] })).map(({ title }) => title);
    expect(kinds.filter((title) => title.startsWith("Also firing")).toSorted()).toEqual([
      "Also firing: burns slowly",
      "Also firing: drift of amount",
    ]);
    // What a person takes off stays off.
    await unlinkIncident(ctx, { number: 1, kind: "alert-group", ref: ticket });
    await foldAlerts(ctx.db, attemptOnce);
    expect((await listQueue(ctx)).rows.find((row) => row.id === id)).toMatchObject({ groups: 2 });
  }),
);

test(
  "keeps the runbook of an incident to the version that failed after a rollback",
  inWorkspace(async (ctx) => {
    const body = "- [ ] Roll back from {{version}} to {{previous_version}}";
    const { id: runbookId } = await createRunbook(ctx, { name: "Bad deploy", body });
    const { endpointId } = await setOnFire(ctx, { name: "card-fraud" });
    const { id } = await read(ctx);
    const step = async () => {
      const { parts } = await renderRunbook(ctx, { runbookId, subjectId: id });
      return parts.flatMap((part) => (part.kind === "steps" ? part.steps.map(({ text }) => text) : []));
    };
    expect(await step()).toEqual(["Roll back from 2 to 1"]);
    await rollBackEndpoint(ctx, { endpointId, reason: "It fails." });
    await deployedNow(ctx);
    expect(await step()).toEqual(["Roll back from 2 to 1"]);
  }),
);

async function summaryOf(ctx: Context) {
  const [group] = await ctx.db.select({ summary: alertGroups.summary }).from(alertGroups);
  return group?.summary as NonNullable<typeof group>["summary"];
}

/** Gives the newest deployment its own time: in one transaction, all have the same. */
async function deployedNow(ctx: Context): Promise<void> {
  const [newest] = await ctx.db.select({ id: deployments.id }).from(deployments).orderBy(desc(deployments.id)).limit(1);
  // After the detection: the fixture flushes half a minute ahead.
  const deployedAt = new Date(Date.now() + minuteMs);
  await ctx.db
    .update(deployments)
    .set({ deployedAt })
    .where(eq(deployments.id, newest?.id ?? 0));
}

type Summary = Awaited<ReturnType<typeof summaryOf>>;

/** Creates an open group of a ticket like the page's group. */
async function newTicket(ctx: Context, summary: Summary): Promise<{ id: string }> {
  const [page] = await ctx.db.select().from(alertGroups).limit(1);
  if (!page) throw new Error("There is no group to copy.");
  const { id: _, ...like } = page;
  const key = `ticket ${summary.title} ${summary.service}`;
  const values = {
    ...like,
    incidentId: null,
    responseDueAt: null,
    weight: 1,
    groupKey: key,
    summary,
    createdAt: new Date(),
  };
  const [row] = await ctx.db.insert(alertGroups).values(values).returning({ id: alertGroups.id });
  return row as { id: string };
}
