import { expect, test } from "vitest";
import { newOutgoing, publicUrl } from "../../../testing/fixtures/notifications/channels/testing.ts";
import { newAlert, newMessage } from "../../../testing/fixtures/notifications/testing.ts";
import type { Message } from "../contract.ts";
import { dedupKey, toPagerDuty } from "./pagerduty-events.ts";

const routingKey = "0123456789abcdef0123456789abcdef";
const hex = "5d1e00afc4e7f7ecad3f2a095c856144d23737d94754b166d713fdb254527c56";

const events = (
  message: Partial<Message>,
  per: "group" | "alert" = "group",
  kind: "group" | "test" | "change" = "group",
) => toPagerDuty(newOutgoing({ kind, message: newMessage(message) }), { per, routingKey, publicUrl });

test.each([
  ['{}:{alertname="DemoAlert"}', "b07ec3598424c32bc0e8252be8fc09fcd142b94b353d175bc7845e1f54c0cd23"],
  ['{}/{severity="page"}:{alertname="SLOBurn", model="churn"}', hex],
])("computes the key of %s as in the reference", (key, expected) => {
  expect(dedupKey(key)).toBe(expected);
});

test("triggers, acknowledges and resolves a group under one key", () => {
  const [trigger] = events({});
  expect(trigger).toEqual({
    path: "/v2/enqueue",
    body: {
      routing_key: routingKey,
      event_action: "trigger",
      dedup_key: hex,
      payload: {
        summary: "PAGE · churn · availability fails 16.7 times too fast",
        source: "churn",
        severity: "critical",
        timestamp: "2026-05-04T10:00:00.000Z",
        component: "churn",
        class: "SLOBurn",
        custom_details: {
          "Budget left": "76.9%",
          description: "16.7 times the error budget is spent per hour of what would last the period.",
          firing: "a fails",
          resolved: "",
          num_firing: 1,
          num_resolved: 0,
        },
      },
      links: [{ href: "https://leeway.example.org/on-call?ticket=1", text: "Open" }],
      client: "Leeway",
      client_url: "https://leeway.example.org/on-call?ticket=1",
    },
  });
  expect(events({ status: "acknowledged" })).toEqual([
    { path: "/v2/enqueue", body: { routing_key: routingKey, event_action: "acknowledge", dedup_key: hex } },
  ]);
  expect(events({ status: "resolved" })[0]?.body.event_action).toBe("resolve");
});

test("sends one event per alert, resolved ones first, each under a key of 81 characters", () => {
  const ended = newAlert("b", { status: "resolved", endsAt: new Date() });
  const made = events({ alerts: [newAlert("a"), ended] }, "alert").map(({ body }) => [
    body.event_action,
    body.dedup_key,
  ]);
  expect(made).toEqual([
    ["resolve", `${hex}:${ended.fingerprint}`],
    ["trigger", `${hex}:${newAlert("a").fingerprint}`],
  ]);
  expect(String(made[0]?.[1])).toHaveLength(81);
});

test("sends an event for each of a hundred alerts, and one for all others of thousands", () => {
  const alerts = Array.from({ length: 3000 }, (_, index) => newAlert(`a${index}`));
  const made = events({ alerts }, "alert");
  expect(made).toHaveLength(101);
  expect(made.at(-1)?.body).toMatchObject({ dedup_key: hex, payload: { custom_details: { num_firing: 2900 } } });
});

test("truncates the summary to 1,024 characters, and replaces oversized details with a note", () => {
  const large = newAlert("a", { annotations: { summary: "é".repeat(400_000) } });
  const [event] = events({ title: "x".repeat(2000), alerts: [large] });
  expect(event?.body).toMatchObject({
    payload: { summary: `${"x".repeat(1023)}…`, custom_details: { error: expect.stringContaining("512000") } },
  });
  expect(Buffer.byteLength(JSON.stringify(event?.body))).toBeLessThan(512_000);
});

test("pages no one for a change, and leaves nothing open after a test", () => {
  expect(events({ status: "info" }, "group", "change")).toMatchObject([
    {
      path: "/v2/change/enqueue",
      body: { payload: { summary: expect.any(String), source: "churn", timestamp: "2026-05-04T10:05:00.000Z" } },
    },
  ]);
  expect(events({ status: "info" })[0]?.path).toBe("/v2/change/enqueue");
  expect(events({}, "group", "test").map(({ body }) => body.event_action)).toEqual(["trigger", "resolve"]);
});
