import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alerts, labelConsensus, labelProjects, labelTasks, predictionLabels } from "#db/schema/index.ts";
import { openEnd } from "#server/alerting/alerts/own-alerts.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { seededRandom } from "#server/stats/random.ts";
import { addLabelled, agree, newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { newLogged, newServed } from "../../../testing/fixtures/slo/testing.ts";
import type { Indicator } from "../../objectives/indicators/contract.ts";
import { evaluateSlo } from "../evaluation/evaluate-slo.ts";
import { createSlo } from "../objectives/create-slo.ts";
import { getSlo } from "../objectives/queries.ts";
import { countSeries, dueSeries } from "../rollup/count-series.ts";
import { SeriesMemory } from "../rollup/series-memory.ts";
import { countIndicator } from "./count-indicator.ts";
import { pendingOf } from "./pending-of.ts";

/** Start of an hour that ended a while ago. */
const hour = Math.floor(Date.now() / hourMs) * hourMs - 6 * hourMs;
const at = (minute: number) => new Date(hour + minute * minuteMs);

async function newDrawn(ctx: Context) {
  const served = await newServed(ctx);
  const { id: projectId } = await newAnimalProject(ctx, { endpoint: "digits" });
  /** Logs a prediction at a minute, which is drawn a minute later. @returns its task */
  const draw = async (minute: number, more: Partial<Parameters<typeof addLabelled>[2]> = {}) => {
    const requestId = more.requestId ?? randomUUID();
    await newLogged(ctx, { ...served, at: at(minute), requestId });
    const drawn = { item: requestId, requestId, modelVersionId: served.versionId, createdAt: at(minute + 1) };
    return addLabelled(ctx, projectId, { ...drawn, ...more });
  };
  return { ...served, projectId, draw };
}

const ofAudit = (endpointId: string, maturityMs: number): Indicator => {
  return { kind: "label-timeliness", endpointId, maturityMs, of: "audit" };
};

async function count(ctx: Context, indicator: Indicator) {
  const { good, total } = await countIndicator(ctx, indicator, { from: hour, to: hour + hourMs });
  return Object.fromEntries([...total].flatMap((all, minute) => (all > 0 ? [[minute, `${good[minute]}/${all}`]] : [])));
}

test(
  "counts drawn predictions that have a label when it is due: none that is late, missing, dropped or taken back before",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId, nextVersionId, projectId, draw } = await newDrawn(ctx);
    const maturityMs = 30 * minuteMs;
    await draw(1, { label: "cat", settledAt: at(20) });
    await draw(1, { label: "cat", settledAt: at(32) });
    await draw(1, { label: "cat", settledAt: at(33) });
    await draw(1);
    await draw(1, { state: "dropped" });
    // Taken back before it was due, and after it.
    for (const minute of [25, 40]) {
      const taskId = await draw(2, { label: "cat", settledAt: at(10) });
      const taken = { supersededAt: at(minute) };
      await ctx.db.update(labelConsensus).set(taken).where(eq(labelConsensus.taskId, taskId));
    }
    // Changed in the moment in which it was superseded: it has a label throughout.
    const changed = await draw(3, { label: "cat", settledAt: at(10) });
    const superseded = { supersededAt: at(15) };
    await ctx.db.update(labelConsensus).set(superseded).where(eq(labelConsensus.taskId, changed));
    await agree(ctx, { projectId, taskId: changed }, "dog", { settledAt: at(15) });
    // A client reported the label of one, and the truth of another too late.
    for (const minute of [20, 50]) {
      const requestId = randomUUID();
      await draw(4, { requestId });
      const receivedAt = at(minute);
      const { workspaceId } = ctx.actor;
      const label = { workspaceId, endpointId, requestId, label: "cat", observedAt: receivedAt, receivedAt };
      await ctx.db.insert(predictionLabels).values(label);
    }
    // Neither chosen for a reason, nor drawn at all, nor of another version.
    await draw(5, { source: "uncertain", selection: "chosen" });
    await newLogged(ctx, { endpointId, versionId, at: at(5) });
    await draw(5, { modelVersionId: nextVersionId });
    expect(await count(ctx, ofAudit(endpointId, maturityMs))).toEqual({ 1: "2/5", 2: "1/2", 3: "1/1", 4: "1/2" });
    expect(await count(ctx, { ...ofAudit(endpointId, maturityMs), of: "sampled" } as Indicator)).toMatchObject({
      1: "0/5",
      5: "0/3",
    });
    await ctx.db.update(labelProjects).set({ state: "archived" }).where(eq(labelProjects.id, projectId));
    expect(await count(ctx, ofAudit(endpointId, maturityMs))).toEqual({});
  }),
);

test(
  "counts a request once that came twice, leaves out what is not due, and counts what waits",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId, draw } = await newDrawn(ctx);
    const requestId = randomUUID();
    await draw(1, { requestId, label: "cat", settledAt: at(2) });
    await newLogged(ctx, { endpointId, versionId, at: at(9), requestId });
    await newLogged(ctx, { endpointId, versionId, at: at(1), requestId, arm: "shadow" });
    const untilMinute30 = Date.now() - at(30).getTime();
    await draw(40);
    await draw(41, { state: "review" });
    await draw(42, { label: "cat" });
    expect(await count(ctx, ofAudit(endpointId, untilMinute30))).toEqual({ 1: "1/1" });
    expect(await pendingOf(ctx, ofAudit(endpointId, untilMinute30))).toBe(2);
    expect(await pendingOf(ctx, ofAudit(endpointId, minuteMs))).toBe(0);
  }),
);

test(
  "agrees with a plain count of simulated labels, and sees no other workspace",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId, projectId } = await newDrawn(ctx);
    const random = seededRandom(19);
    const minutesDue = 45;
    const expected: Record<number, [good: number, total: number]> = {};
    for (let number = 0; number < 120; number += 1) {
      const minute = Math.floor(random() * 12);
      const [settled, lasts] = [random() * 120, random() < 0.3 ? random() * 60 : null];
      const requestId = `r${number}`;
      await newLogged(ctx, { endpointId, versionId, at: at(minute), requestId });
      const taskId = await addLabelled(ctx, projectId, {
        item: requestId,
        requestId,
        modelVersionId: versionId,
        createdAt: at(minute),
        label: "cat",
        settledAt: at(minute + settled),
      });
      if (lasts !== null) {
        const supersededAt = at(minute + settled + lasts);
        await ctx.db.update(labelConsensus).set({ supersededAt }).where(eq(labelConsensus.taskId, taskId));
      }
      const isGood = settled <= minutesDue && (lasts === null || settled + lasts > minutesDue);
      const [good, total] = expected[minute] ?? [0, 0];
      expected[minute] = [good + (isGood ? 1 : 0), total + 1];
    }
    const words = Object.fromEntries(Object.entries(expected).map(([minute, pair]) => [minute, pair.join("/")]));
    expect(await count(ctx, ofAudit(endpointId, minutesDue * minuteMs))).toEqual(words);
    const other = await newWorkspace(ctx.db);
    expect(await count(other, ofAudit(endpointId, minutesDue * minuteMs))).toEqual({});
    expect(await pendingOf(other, ofAudit(endpointId, dayMs))).toBe(0);
  }),
);

test(
  "is saved for endpoints whose predictions are labelled, as tickets that freeze nothing, with a time that the project keeps items for",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const period = { kind: "rolling" as const, days: 30 };
    const create = (name: string, maturityMs: number) =>
      createSlo(ctx, { name, definition: { target: 0.9, period, indicator: ofAudit(endpointId, maturityMs) } });
    await expect(create("in-time", dayMs)).rejects.toMatchObject({ code: "invalid", field: "definition.indicator.of" });
    const { id: projectId } = await newAnimalProject(ctx, { endpoint: "digits" });
    const field = "definition.indicator.maturityMs";
    await expect(create("in-time", 31 * dayMs)).rejects.toMatchObject({ code: "invalid", field });
    await create("in-time", 30 * dayMs);
    expect(await getSlo(ctx, { slo: "in-time" })).toMatchObject({
      freezes: false,
      pages: false,
      kind: "label-timeliness",
    });
    await ctx.db.update(labelProjects).set({ state: "archived" }).where(eq(labelProjects.id, projectId));
    await expect(create("later", dayMs)).rejects.toMatchObject({ code: "invalid", field: "definition.indicator.of" });
  }),
);

test(
  "opens a ticket while drawn predictions stay without labels, and ends it when they get them in time again",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId, projectId } = await newDrawn(ctx);
    const { workspaceId } = ctx.actor;
    const maturityMs = hourMs;
    const { id } = await createSlo(ctx, {
      name: "in-time",
      definition: {
        target: 0.9,
        period: { kind: "rolling", days: 30 },
        indicator: ofAudit(endpointId, maturityMs),
        rules: {
          tiers: [{ severity: "ticket", longMinutes: 60, shortMinutes: 5, factor: 3 }],
          gate: null,
          absent: null,
        },
      },
    });
    const start = hour - 10 * hourMs;
    const fill = async (from: number, to: number, settledAfter: number | null) => {
      for (let minute = from; minute < to; minute += 1) {
        const drawnAt = new Date(start + minute * minuteMs);
        const requestId = `r${minute}`;
        await newLogged(ctx, { endpointId, versionId, at: drawnAt, requestId });
        const settled =
          settledAfter === null ? {} : { label: "cat", settledAt: new Date(drawnAt.getTime() + settledAfter) };
        const task = { item: requestId, requestId, modelVersionId: versionId, createdAt: drawnAt };
        await addLabelled(ctx, projectId, { ...task, ...settled });
      }
    };
    await fill(0, 90, 10 * minuteMs);
    await fill(90, 180, null);
    await fill(180, 300, 20 * minuteMs);
    const memory = new SeriesMemory();
    const alertsAt = async (minute: number) => {
      const now = start + minute * minuteMs + maturityMs + 5_000;
      await countSeries(ctx.db, await dueSeries(ctx.db, now), now);
      await evaluateSlo(ctx, id, { memory, now, afterChange: notifyAfterChange });
      return ctx.db.select().from(alerts).where(eq(alerts.workspaceId, workspaceId));
    };
    expect(await alertsAt(85)).toEqual([]);
    const [ticket] = await alertsAt(150);
    expect(ticket).toMatchObject({ severity: "ticket", endsAt: openEnd, labels: { alertname: "SLOBurn" } });
    expect(ticket?.annotations.summary).toBe("digits: 100% of labels late");
    expect(await alertsAt(160)).toHaveLength(1);
    const [ended] = await alertsAt(260);
    expect(ended?.endsAt.getTime()).toBe(start + 260 * minuteMs + maturityMs + 5_000);
    expect(await ctx.db.$count(labelTasks, eq(labelTasks.projectId, projectId))).toBe(300);
  }),
);
