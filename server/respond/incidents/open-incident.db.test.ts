import { asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertGroups, deployments, incidentLinks, incidents, timelineEvents } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { transact } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { newGroup, newIncident } from "../../testing/fixtures/incidents/testing.ts";
import { attachDueFacts } from "./attach-due-facts.ts";
import { noteForGroup } from "./note-for-group.ts";
import { openIncident } from "./open-incident.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";

test("numbers concurrent pages without gaps and duplicates, even after rollbacks", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const groups = [];
  for (let index = 0; index < 8; index++) groups.push(await newGroup(ctx));
  await Promise.allSettled(
    groups.map((groupId, index) =>
      transact(ctx, async (ctx) => {
        await openIncident(ctx, { groupId, title: "x", startedAt: new Date() });
        if (index % 4 === 0) throw new Error("the process was killed");
      }),
    ),
  );
  const rows = await db.select().from(incidents).orderBy(asc(incidents.number));
  expect(rows.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(rows[0]).toMatchObject({ state: "triage", severity: "SEV2", isFoundByMachine: true });
});

test(
  "keeps the incident of a group, and adds a second page of the endpoint within an hour",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "churn" });
    const first = await newIncident(ctx, { endpointId });
    const input = { title: "again", endpointId, startedAt: new Date() };
    expect((await openIncident(ctx, { ...input, groupId: first.groupId })).number).toBe(first.number);
    const second = await newIncident(ctx, { endpointId });
    expect(second.number).toBe(first.number);
    const links = await ctx.db.select().from(incidentLinks).where(eq(incidentLinks.incidentId, first.id));
    expect(links.map(({ ref }) => ref).sort()).toEqual([first.groupId, second.groupId].sort());
    await ctx.db.update(incidents).set({ createdAt: new Date(Date.now() - 61 * minuteMs) });
    expect((await newIncident(ctx, { endpointId })).number).toBe(first.number + 1);
    const other = await newWorkspace(ctx.db);
    expect((await newIncident(other)).number).toBe(1);
  }),
);

test(
  "adds the deployment just before the start to the timeline as the probable cause, once",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "churn" });
    for (const version of [1, 2]) {
      await newVersion(ctx, { model: "churn", version });
      await deployVersion(ctx, { endpointId, model: "churn", version });
    }
    const now = Date.now();
    const rows = await ctx.db.select().from(deployments).orderBy(asc(deployments.id));
    for (const [index, { id }] of rows.entries()) {
      const deployedAt = new Date(now - (index === 0 ? 90 : 8) * minuteMs);
      await ctx.db.update(deployments).set({ deployedAt }).where(eq(deployments.id, id));
    }
    const { id, groupId } = await newIncident(ctx, { endpointId, startedAt: new Date(now - 6 * minuteMs) });
    await openIncident(ctx, { groupId, title: "x", endpointId, startedAt: new Date(now) });
    expect(await attachDueFacts(ctx, id)).toBe(true);
    expect(await attachDueFacts(ctx, id)).toBe(false);
    const events = await ctx.db.select().from(timelineEvents).where(eq(timelineEvents.incidentId, id));
    const probable = events.filter(({ isProbableCause }) => isProbableCause);
    expect(probable.map(({ title }) => title)).toEqual(["churn version 2 deployed to churn"]);
    expect(events.filter(({ kind }) => kind === "alert")).toHaveLength(1);
    const links = await ctx.db.select().from(incidentLinks).where(eq(incidentLinks.kind, "deployment"));
    expect(links).toMatchObject([{ incidentId: id, ref: String(rows[1]?.id) }]);
  }),
);

test(
  "leaves triage once on acknowledgement, and ignores a group without an incident",
  inWorkspace(async (ctx) => {
    const { id, groupId } = await newIncident(ctx);
    const at = new Date(Date.now() + minuteMs);
    for (const moment of [at, new Date(at.getTime() + minuteMs)]) {
      await noteForGroup(ctx, groupId, { kind: "ack", title: "Acknowledged by Ada", at: moment });
    }
    const [row] = await ctx.db.select().from(incidents).where(eq(incidents.id, id));
    expect(row).toMatchObject({ state: "active", acknowledgedAt: at, revision: 1 });
    const lonely = await newGroup(ctx);
    await noteForGroup(ctx, lonely, { kind: "ack", title: "x" });
    await ctx.db.update(alertGroups).set({ incidentId: id }).where(eq(alertGroups.id, lonely));
    // From another workspace it finds neither the group nor the incident.
    const other = await newWorkspace(ctx.db);
    await noteForGroup(other, groupId, { kind: "note", title: "from elsewhere" });
    expect(await addTimelineEvent(other, id, { kind: "note", title: "from elsewhere" })).toBeUndefined();
    const events = await ctx.db.select().from(timelineEvents).where(eq(timelineEvents.incidentId, id));
    expect(events.map(({ title }) => title)).not.toContain("from elsewhere");
  }),
);
