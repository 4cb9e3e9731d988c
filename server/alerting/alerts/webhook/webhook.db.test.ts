import { expect, test } from "vitest";
import { hourMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { knownAlerts } from "../../../testing/fixtures/alerts/rules/testing.ts";
import type { WebhookMessage } from "./contract.ts";
import { receiveWebhook } from "./receive-webhook.ts";

const now = Date.UTC(2026, 4, 4, 10, 5);
const alert = {
  status: "firing",
  labels: { alertname: "DemoAlert", server: "ni3", severity: "critical" },
  annotations: { summary: "ni3 is down", "leeway.internal/slo-id": "theirs" },
  startsAt: "2026-05-04T10:00:00.000Z",
  endsAt: "0001-01-01T00:00:00Z",
  generatorURL: "http://prometheus/graph",
  fingerprint: "8a07086b74f3ba78",
} as const;

/** Creates a message with all keys of docs/spec/alerting.md section 9, and an unknown one. */
const message = (...alerts: object[]): WebhookMessage => {
  const keys = {
    receiver: "web\\.hook",
    status: "firing",
    alerts,
    notification_reason: "first notification",
    ahead: 1,
  };
  const common = { groupLabels: {}, commonLabels: {}, commonAnnotations: {}, routeLabels: {}, externalURL: "" };
  return { ...keys, ...common, version: "4", groupKey: '{}:{alertname="X"}', truncatedAlerts: 0 } as WebhookMessage;
};

test(
  "keeps an alert firing until resolved or for twelve hours, and ignores internal annotations",
  inWorkspace(async (ctx) => {
    expect(await receiveWebhook(ctx, message(alert), notifyAfterChange, now)).toEqual({
      accepted: 1,
      duplicates: 0,
      problems: [],
    });
    expect(await knownAlerts(ctx, now)).toEqual([
      {
        labels: alert.labels,
        annotations: { summary: "ni3 is down" },
        ruleKey: "external:DemoAlert",
        isFiring: true,
        startsAt: Date.UTC(2026, 4, 4, 10),
      },
    ]);
    expect(await knownAlerts(ctx, now + 11 * hourMs)).toMatchObject([{ isFiring: true }]);
    expect(await knownAlerts(ctx, now + 12 * hourMs)).toMatchObject([{ isFiring: false }]);
    const over = { ...alert, status: "resolved", endsAt: "2026-05-04T10:06:00.000Z" };
    await receiveWebhook(ctx, message(over), notifyAfterChange, now + 60_000);
    expect(await knownAlerts(ctx, now + 60_000)).toMatchObject([{ isFiring: false }]);
  }),
);

test(
  "ends an alert at once when the clock of its sender is ahead",
  inWorkspace(async (ctx) => {
    const ahead = (ms: number) => new Date(now + 4 * 60_000 + ms).toISOString();
    const firing = { ...alert, startsAt: ahead(0) };
    await receiveWebhook(ctx, message(firing), notifyAfterChange, now);
    expect(await knownAlerts(ctx, now)).toMatchObject([{ isFiring: true }]);
    const over = { ...firing, status: "resolved", endsAt: ahead(30_000) };
    expect(await receiveWebhook(ctx, message(over), notifyAfterChange, now + 30_000)).toMatchObject({ problems: [] });
    expect(await knownAlerts(ctx, now + 30_000)).toMatchObject([{ isFiring: false }]);
    const again = { ...alert, startsAt: ahead(60_000) };
    await receiveWebhook(ctx, message(again), notifyAfterChange, now + 60_000);
    expect(await knownAlerts(ctx, now + 60_000)).toMatchObject([{ isFiring: true }]);
  }),
);

test(
  "ignores duplicate and late deliveries, but not a new episode",
  inWorkspace(async (ctx) => {
    const over = { ...alert, status: "resolved", endsAt: "2026-05-04T10:04:00.000Z" };
    await receiveWebhook(ctx, message(alert), notifyAfterChange, now);
    expect(await receiveWebhook(ctx, message(alert), notifyAfterChange, now)).toMatchObject({
      accepted: 1,
      duplicates: 0,
    });
    await receiveWebhook(ctx, message(over), notifyAfterChange, now + 1);
    expect(await receiveWebhook(ctx, message(over), notifyAfterChange, now + 2)).toMatchObject({
      accepted: 0,
      duplicates: 1,
    });
    expect(await receiveWebhook(ctx, message(alert), notifyAfterChange, now + 3)).toMatchObject({
      accepted: 0,
      duplicates: 1,
    });
    expect(await knownAlerts(ctx, now + 3)).toMatchObject([{ isFiring: false }]);
    const again = { ...alert, startsAt: "2026-05-04T10:04:30.000Z" };
    expect(await receiveWebhook(ctx, message(again), notifyAfterChange, now + 4)).toMatchObject({
      accepted: 1,
      duplicates: 0,
    });
    expect(await knownAlerts(ctx, now + 4)).toMatchObject([
      { isFiring: true, startsAt: Date.UTC(2026, 4, 4, 10, 4, 30) },
    ]);
  }),
);

test(
  "reports invalid alerts, stores the others, and rejects another version",
  inWorkspace(async (ctx) => {
    const nameless = { ...alert, labels: {} };
    expect(await receiveWebhook(ctx, message(nameless, alert), notifyAfterChange, now)).toMatchObject({
      accepted: 1,
      problems: [expect.stringContaining("at least one label")],
    });
    await expect(
      receiveWebhook(ctx, { ...message(alert), version: "3" as "4" }, notifyAfterChange, now),
    ).rejects.toThrow(/version 4/);
  }),
);
