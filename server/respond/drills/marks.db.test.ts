import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { gameDays, incidents, labelTasks, notifications, qualityHours, timelineEvents } from "#db/schema/index.ts";
import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import { minuteMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { fillProject } from "#server/improve/labelling/sources/fill-project.ts";
import { labelRecord } from "#server/release/rollouts/freeze-records.ts";
import { attachFacts } from "#server/respond/incidents/attach-facts.ts";
import { listQueue } from "#server/respond/triage/queue/queries.ts";
import { recordedRequests } from "#server/serve/model-runs/recorded-requests.ts";
import { readLabelledPredictions } from "#server/serve/predictions/labelled-predictions.ts";
import { listPredictions } from "#server/serve/predictions/queries.ts";
import { newRunningGameDay } from "#server/testing/fixtures/drills/running-game-day.ts";
import { newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import {
  newListener,
  newMessage,
  newOutside,
  newReceiver,
  sendAll,
} from "#server/testing/fixtures/notifications/testing.ts";
import { newLogged, newServed } from "#server/testing/fixtures/slo/testing.ts";
import { setOnFire } from "#server/testing/fixtures/triage/testing.ts";
import { inWorkspace, newMember } from "#server/testing/testing.ts";
import { recountEndpoint } from "#server/watch/monitoring/quality/counts/recount-endpoint.ts";

configureLog({ role: "test", level: "silent" });
const latency = { kind: "latency", delayMs: 120, jitterMs: 0 } as const;

async function all<Item>(pages: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

test(
  "keeps what a game day affected in the log with its mark, and out of evidence and training data",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const { id: gameDayId } = await newRunningGameDay(ctx, endpointId, latency);
    const now = Date.now();
    const at = new Date(now - 10 * minuteMs);
    const logged = {
      endpointId,
      versionId,
      at,
      answer: "cat",
      confidence: 0.5,
      label: "cat",
      inputs: [{ name: "weight", datatype: "FP64", shape: [1, 1], data: [4.5] }],
      outputs: [{ name: "probabilities", datatype: "FP32", shape: [1, 3], data: [0.5, 0.5, 0] }],
    };
    await newLogged(ctx, { ...logged, requestId: "usual" });
    await newLogged(ctx, { ...logged, requestId: "affected", gameDayId });

    const { predictions } = await listPredictions(ctx, { endpointId });
    const marks = Object.fromEntries(predictions.map(({ requestId, gameDay }) => [requestId, gameDay]));
    expect(marks).toEqual({ usual: null, affected: 7 });

    await recountEndpoint(ctx, { endpointId, now });
    const counted = await ctx.db.select().from(qualityHours).where(eq(qualityHours.endpointId, endpointId));
    expect(counted).toMatchObject([{ predictions: 1, labelled: 1 }]);
    expect((await all(recordedRequests(ctx, endpointId, 10))).map(({ requestId }) => requestId)).toEqual(["usual"]);
    expect(await labelRecord(ctx, { endpointId, versionId })).toEqual({ units: 1, events: 0 });
    const range = { from: new Date(now - 60 * minuteMs).toISOString(), to: new Date(now).toISOString() };
    const labelled = readLabelledPredictions(ctx, { endpoint: endpointId, ...range, time: "request", inputs: [] }, []);
    expect((await all(labelled)).flat()).toMatchObject([{ requestId: "usual" }]);
    const { id: projectId } = await newAnimalProject(ctx, { endpoint: "digits", settings: { queues: ["uncertain"] } });
    await fillProject(ctx, projectId, { artifacts: { put: () => Promise.reject(new Error("no file")) }, now });
    expect(await ctx.db.select().from(labelTasks).where(eq(labelTasks.projectId, projectId))).toMatchObject([
      { requestId: "usual" },
    ]);
  }),
);

test(
  "a dead channel delivers after the game day what it refused",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const { url, received } = await newListener();
    const { channelIds } = await newReceiver(ctx, "on-call", [
      { settings: { kind: "webhook", url } },
      { settings: { kind: "webhook", url } },
    ]);
    const [channelId = ""] = channelIds;
    const day = await newRunningGameDay(ctx, endpointId, { kind: "channel-dead", channelId });
    const page = { kind: "group", severity: "page", message: newMessage(), groupId: crypto.randomUUID() } as const;
    await enqueueNotification(ctx, { to: { receiver: "on-call" }, ...page, deduplicationKey: "page" });
    await sendAll(ctx, newOutside());
    expect(received).toHaveLength(1);
    const ofChannel = () => ctx.db.query.notifications.findFirst({ where: eq(notifications.channelId, channelId) });
    expect(await ofChannel()).toMatchObject({ state: "pending", attempts: 1 });
    // The worker has stopped to renew it.
    await ctx.db
      .update(gameDays)
      .set({ leasedUntil: new Date(0) })
      .where(eq(gameDays.id, day.id));
    await ctx.db.update(notifications).set({ nextAttemptAt: sql`now()` }).where(eq(notifications.channelId, channelId));
    await sendAll(ctx, newOutside());
    expect(received).toHaveLength(2);
    expect(await ofChannel()).toMatchObject({ state: "delivered" });
  }),
);

test(
  "links alerts to the game day that may cause them: for its owner alone until it is announced or over",
  inWorkspace(async (ctx) => {
    const { endpointId } = await setOnFire(ctx, { name: "card-fraud" });
    const colleague = await newMember(ctx);
    const day = await newRunningGameDay(ctx, endpointId, latency, {
      isAnnounced: false,
      startedAt: new Date(Date.now() - 40 * minuteMs),
    });
    const set = (values: Partial<typeof day>) => ctx.db.update(gameDays).set(values).where(eq(gameDays.id, day.id));
    const shown = async () =>
      Promise.all([ctx, colleague].map(async (each) => (await listQueue(each)).rows.map(({ gameDay }) => gameDay)));
    const linked = [{ number: 7 }];
    const [incident] = await ctx.db.select().from(incidents);
    const notes = async () => {
      for (const _ of [1, 2]) await attachFacts(ctx, incident?.id ?? "");
      const events = await ctx.db.select().from(timelineEvents);
      return events.filter(({ title }) => title.startsWith("Game day")).map(({ title }) => title);
    };
    expect([await shown(), await notes()]).toEqual([[linked, [null]], []]);
    await set({ isAnnounced: true });
    expect([await shown(), await notes()]).toEqual([[linked, linked], ["Game day GD-7 runs on this endpoint"]]);
    await set({ isAnnounced: false, state: "ended", endedAt: new Date() });
    expect(await shown()).toEqual([linked, linked]);
    await set({ endedAt: new Date(Date.now() - 120 * minuteMs), startedAt: new Date(Date.now() - 130 * minuteMs) });
    expect(await shown()).toEqual([[null], [null]]);
  }),
);
