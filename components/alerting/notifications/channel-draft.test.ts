import { expect, test } from "vitest";
import { type Channel, ChannelSettings } from "#server/alerting/notifications/contract.ts";
import { draftOf, newDraft, toChannel } from "./channel-draft.ts";

const channel = (settings: object): Channel => ({
  id: "00000000-0000-4000-8000-000000000001",
  settings: ChannelSettings.parse(settings),
  hasSecret: true,
  createdAt: new Date(),
  disabledAt: null,
  lastDeliveredAt: null,
  outbox: { pending: 0, dead: 0, held: 0 },
  answers: { path: "/answers", hasSecret: true, lastAt: null, lastOutcome: null, refusedAt: null },
});

test.each([
  { kind: "slack-hook", sendsResolved: false },
  { kind: "slack-bot", channel: "#pages" },
  { kind: "pagerduty", per: "alert", sendsChanges: false },
  { kind: "email", to: ["a@x.test"], sendsResolved: true },
  { kind: "webhook", url: "https://x.test/in", maxAlerts: 10, maxPerHour: 5 },
])("round-trips unchanged $kind settings through the form", (settings) => {
  const stored = channel(settings);
  expect(toChannel(draftOf(stored))).toEqual({ id: stored.id, settings: stored.settings, isEnabled: true });
});

test("sends a secret only if one was entered", () => {
  const pager = { ...newDraft("pagerduty"), callbackSecret: "whsec-1234" };
  expect(toChannel(pager)).toMatchObject({ callbackSecret: "whsec-1234" });
  expect(toChannel({ ...pager, kind: "email" })).not.toHaveProperty("callbackSecret");
  expect(toChannel({ ...draftOf(channel({ kind: "pagerduty" })), takesCallbacks: false })).toMatchObject({
    callbackSecret: null,
  });
  expect(toChannel(newDraft("slack-hook"))).not.toHaveProperty("secret");
  expect(toChannel({ ...newDraft("slack-hook"), secret: "https://hooks.slack.com/x" })).toMatchObject({
    secret: "https://hooks.slack.com/x",
  });
});
