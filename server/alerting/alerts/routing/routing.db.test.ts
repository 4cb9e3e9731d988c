import { isNull } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertEvents, alertGroupMembers, alertGroups } from "#db/schema/index.ts";
import { transact } from "#server/base/context.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { traceAlert } from "../../../respond/alert-trace/trace-alert.ts";
import { flushDue } from "../../../respond/dispatch/alert-dispatcher.ts";
import { setSilence } from "../../../respond/silences/set-silence.ts";
import { fingerprint } from "../fingerprint.ts";
import { parseMatchers } from "../matchers/parse-matchers.ts";
import { receiveAlerts } from "../receive-alerts.ts";
import { Routing, type SetRouting } from "./contract.ts";
import { defaultRouting } from "./default-routing.ts";
import { loadRouting } from "./load-routing.ts";
import { getRouting } from "./queries.ts";
import { setRouting } from "./set-routing.ts";
import { testRoute } from "./test-route.ts";

const minute = 60_000;
const reason = "test";
const drift = { alertname: "ModelDrift", model: "churn", severity: "ticket" };
const outage = { alertname: "DemoAlert", server: "ni3", severity: "critical" };
const inhibiting = Routing.parse({
  ...defaultRouting,
  inhibitRules: [
    {
      name: "outage-mutes-drift",
      sourceMatchers: parseMatchers("severity=critical"),
      targetMatchers: parseMatchers("severity=ticket"),
    },
  ],
});

test(
  "applies the default without a saved routing, and reports receivers without channels",
  inWorkspace(async (ctx) => {
    const channel = {
      kind: "webhook",
      url: "http://127.0.0.1:1/",
      format: "alertmanager",
      maxAlerts: 0,
      sendsResolved: true,
    } as const;
    await newReceiver(ctx, "on-call", [{ settings: channel }]);
    expect(await getRouting(ctx)).toMatchObject({ revision: 0, inactiveReceivers: ["default", "tickets"] });
    const saved = await setRouting(ctx, { routing: defaultRouting, reason, revision: 0 }, notifyAfterChange);
    expect(saved).toMatchObject({ revision: 1, changedBy: ctx.actor.name });
    await expect(
      setRouting(ctx, { routing: defaultRouting, reason, revision: 0 }, notifyAfterChange),
    ).rejects.toMatchObject({
      code: "conflict",
    });
  }),
);

test(
  "reads the routing that was stored after another one with its revision and time was undone",
  inWorkspace(async (ctx) => {
    const now = Date.now();
    const other = { ...defaultRouting, root: { ...defaultRouting.root, receiver: "nobody" } };
    const undone = transact(ctx, async (ctx) => {
      await setRouting(ctx, { routing: other, reason }, notifyAfterChange, now);
      expect((await loadRouting(ctx)).routing.root.receiver).toBe("nobody");
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    await setRouting(ctx, { routing: defaultRouting, reason }, notifyAfterChange, now);
    expect((await loadRouting(ctx)).routing).toEqual(defaultRouting);
  }),
);

test.each<[string, object]>([
  ["cannot have matchers", { root: { receiver: "a", matchers: parseMatchers("a=b") } }],
  ["needs a receiver", { root: {} }],
  ["unknown time interval", { root: { receiver: "a", muteTimes: ["night"] } }],
  ["unknown time zone", { root: { receiver: "a" }, timeIntervals: [{ name: "n", timeZone: "Mars", spans: [{}] }] }],
  [
    "is not before",
    { root: { receiver: "a" }, timeIntervals: [{ name: "n", spans: [{ times: [{ from: "22:00", to: "06:00" }] }] }] },
  ],
  [
    "Invalid regular expression",
    { root: { receiver: "a", routes: [{ matchers: [{ name: "a", value: "(", isRegex: true }] }] } },
  ],
])("rejects a routing: %s", async (words, routing) => {
  await inWorkspace(async (ctx) => {
    const input = { routing, reason } as unknown as SetRouting;
    await expect(setRouting(ctx, input, notifyAfterChange)).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining(words),
    });
  })();
});

test(
  "moves open alerts to the groups of a new routing, and keeps groups with the same key and receiver",
  inWorkspace(async (ctx) => {
    await receiveAlerts(ctx, [{ labels: drift }, { labels: outage }], {
      afterChange: notifyAfterChange,
      source: "api",
    });
    await flushDue(ctx.db, Date.now() + minute);
    const before = await ctx.db.select().from(alertGroups);
    const page = defaultRouting.root.routes[0];
    const routes = [
      { matchers: parseMatchers("model=churn"), receiver: "ml", groupBy: ["model"] },
      ...(page ? [page] : []),
    ];
    await setRouting(
      ctx,
      { routing: Routing.parse({ root: { ...defaultRouting.root, routes } }), reason },
      notifyAfterChange,
    );
    const open = await ctx.db.select().from(alertGroups).where(isNull(alertGroups.endedAt));
    const known = before.find(({ receiver }) => receiver === "on-call");
    expect(open.find(({ receiver }) => receiver === "on-call")).toMatchObject({
      id: known?.id,
      routePath: "1",
      entry: known?.entry,
    });
    expect(open.find(({ receiver }) => receiver === "ml")).toMatchObject({
      entry: null,
      labels: { model: "churn" },
      summary: { firing: 1 },
    });
    expect(open).toHaveLength(2);
    expect(await ctx.db.$count(alertGroupMembers)).toBe(2);
  }),
);

test(
  "tests the route and outcome of an alert without side effects",
  inWorkspace(async (ctx) => {
    const events = await ctx.db.$count(alertEvents);
    const fresh = await testRoute(ctx, { labels: drift });
    expect(fresh).toMatchObject({
      fingerprint: "07ad89a027364f08",
      routes: [
        {
          words: "root > everything",
          receiver: "tickets",
          isSilent: true,
          groupId: null,
          outcome: "first notification",
        },
      ],
    });
    await receiveAlerts(ctx, [{ labels: { ...drift, pod: "1" } }], { afterChange: notifyAfterChange, source: "api" });
    await flushDue(ctx.db, Date.now() + minute);
    expect((await testRoute(ctx, { labels: drift })).routes).toMatchObject([
      { groupId: expect.any(String), outcome: "new alerts added" },
    ]);
    expect((await testRoute(ctx, { labels: { ...drift, pod: "1" } })).routes).toMatchObject([{ notifiesAt: null }]);
    await setSilence(ctx, {
      matchers: parseMatchers("model=churn"),
      startsAt: new Date(),
      endsAt: new Date(Date.now() + minute),
      comment: "x",
    });
    expect((await testRoute(ctx, { labels: drift })).routes[0]?.outcome).toContain("not notified: silenced by");
    expect(events).toBe(0);
    await expect(testRoute(ctx, { labels: {} })).rejects.toMatchObject({ field: "labels" });
  }),
);

test(
  "explains the newest episode of an alert with a long history",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const id = fingerprint(drift);
    const start = Date.now() - 60 * minute;
    const old = Array.from({ length: 2_100 }, (_, index) => ({
      workspaceId,
      at: new Date(start + index),
      kind: "firing",
      fingerprint: id,
      ruleKey: "external:Drift",
      data: {},
    }));
    await ctx.db.insert(alertEvents).values(old);
    await receiveAlerts(ctx, [{ labels: drift }], { afterChange: notifyAfterChange, source: "api" });
    await flushDue(ctx.db, Date.now() + minute);
    const trace = await traceAlert(ctx, { fingerprint: id });
    expect(trace.steps.map(({ stage }) => stage)).toContain("group");
    expect(trace.outcome).toBe("notified");
  }),
);

test(
  "explains a missing notification by the inhibition rule and the muting alert",
  inWorkspace(async (ctx) => {
    await setRouting(ctx, { routing: inhibiting, reason }, notifyAfterChange);
    await receiveAlerts(ctx, [{ labels: drift }, { labels: outage }], {
      afterChange: notifyAfterChange,
      source: "api",
    });
    await flushDue(ctx.db, Date.now() + minute);
    const trace = await traceAlert(ctx, { fingerprint: fingerprint(drift) });
    expect(trace).toMatchObject({
      outcome: "not notified",
      reason: "inhibited by alert DemoAlert (rule outage-mutes-drift)",
    });
    expect(trace.steps.map(({ stage }) => stage)).toEqual(["validate", "merge", "route", "group", "inhibit", "dedup"]);
    expect(trace.steps.find(({ stage }) => stage === "inhibit")?.href).toBe("/alerts/8a07086b74f3ba78");
    const received = await traceAlert(ctx, { fingerprint: fingerprint(outage) });
    expect(received).toMatchObject({ outcome: "notified", reason: expect.stringContaining("first notification") });
    // Before its group was flushed it was another story.
    const [first] = await ctx.db.select().from(alertEvents).orderBy(alertEvents.id).limit(1);
    const early = await traceAlert(ctx, {
      fingerprint: fingerprint(outage),
      at: new Date((first?.at.getTime() ?? 0) + 1),
    });
    expect(early).toMatchObject({ outcome: "not notified", reason: "waiting for the first flush of its group" });
    await expect(traceAlert(ctx, { fingerprint: "0".repeat(16) })).rejects.toMatchObject({ code: "not-found" });
  }),
);
