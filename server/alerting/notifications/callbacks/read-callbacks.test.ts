import { expect, test } from "vitest";
import { newPagerDutyEvent, newSlackPress } from "../../../testing/fixtures/notifications/callbacks/testing.ts";
import { newMessage } from "../../../testing/fixtures/notifications/testing.ts";
import { groupTitled } from "./group-titled.ts";
import { readPagerDuty } from "./read-pagerduty.ts";
import { readSlack } from "./read-slack.ts";
import { replyInSlack } from "./reply-in-slack.ts";

const bytes = (event: object) => Buffer.from(JSON.stringify(event));
const at = new Date("2026-05-04T10:00:00Z");

test("reads a user's acknowledge or resolve in PagerDuty with the known incident", () => {
  const acknowledged = readPagerDuty(bytes(newPagerDutyEvent({ at, key: "abc", title: "PAGE" })));
  const about = { dedupKey: "abc", title: "PAGE" };
  expect(acknowledged).toMatchObject({ action: "acknowledge", by: { name: "Tenex Engineer" }, about, at });
  expect(readPagerDuty(bytes(newPagerDutyEvent({ type: "incident.resolved" })))).toMatchObject({ action: "resolve" });
});

test("reads the end of an acknowledgement in PagerDuty, by a user or by its timeout", () => {
  const type = "incident.unacknowledged";
  const byUser = readPagerDuty(bytes(newPagerDutyEvent({ type })));
  expect(byUser).toMatchObject({ action: "unacknowledge", by: { name: "Tenex Engineer" } });
  const byTimeout = readPagerDuty(bytes(newPagerDutyEvent({ type, agent: null })));
  expect(byTimeout).toMatchObject({ action: "unacknowledge", by: { name: "Acknowledgement timeout" } });
});

test.each([
  ["an echo of what Leeway told it", newPagerDutyEvent({ agent: { type: "service_reference", summary: "Leeway" } })],
  ["what nobody did", newPagerDutyEvent({ agent: null })],
  ["another event", newPagerDutyEvent({ type: "incident.annotated" })],
  [
    "PagerDuty's own test",
    {
      event: {
        id: "01",
        event_type: "pagey.ping",
        resource_type: "pagey",
        occurred_at: at.toISOString(),
        agent: null,
        client: null,
        data: { message: "Hello from your friend Pagey!", type: "ping" },
      },
    },
  ],
])("requests nothing for %s", (_, event) => {
  expect(readPagerDuty(bytes(event)).action).toBe("none");
});

test("rejects other formats than webhook version 3", () => {
  expect(() => readPagerDuty(bytes({ messages: [] }))).toThrow();
  expect(() => readPagerDuty(Buffer.from("not JSON"))).toThrow();
});

const groupId = "7b0c7a0e-6f0e-4a53-9d5a-2a4f1d6b8c11";

test("reads group and member of an Acknowledge click, and ignores links and other buttons", () => {
  const press = readSlack(newSlackPress({ groupId }), at.getTime());
  expect(press).toMatchObject({
    action: "acknowledge",
    about: { groupId },
    by: { name: "jtorrance", slackMember: "UA8RXUSPL" },
  });
  expect(readSlack(newSlackPress({ groupId, action: "link-1" }), 0).action).toBe("none");
  expect(readSlack(newSlackPress({ groupId: "no id" }), 0).action).toBe("none");
});

test("returns the same key for a copy of a click, another key for another click", () => {
  const key = (trigger?: string) => readSlack(newSlackPress({ groupId, ...(trigger && { trigger }) }), 0).key;
  expect(key()).toBe(key());
  expect(key("1.2.3")).not.toBe(key());
});

test("replies with a failed action only to the user who clicked, and only at Slack", () => {
  const callback = readSlack(newSlackPress({ groupId }), 0);
  const summarise = (more: object, outcome = "Nothing fires.", isDone = false) =>
    replyInSlack({ outcome, isDone, callback: { ...callback, ...more } });
  expect(summarise({})?.url).toBe(callback.responseUrl);
  expect(JSON.parse(summarise({})?.body ?? "")).toEqual({
    response_type: "ephemeral",
    replace_original: false,
    text: "Not acknowledged. Nothing fires.",
  });
  expect(summarise({}, "Acknowledged by Ada.", true)).toBeUndefined();
  expect(summarise({}, "")).toBeUndefined();
  for (const responseUrl of [
    "https://evil.test/x",
    "http://hooks.slack.com/x",
    "https://hooks.slack.com.evil.test/",
    "x",
  ])
    expect(summarise({ responseUrl })).toBeUndefined();
});

test("finds an incident without a key by the title of a message or of a single alert if unique", () => {
  const of = (id: string, title: string) => ({ groupId: id, message: newMessage({ title }) });
  expect(groupTitled([of("a", "One"), of("b", "Two"), of("a", "Two, later")], "One")).toBe("a");
  expect(groupTitled([of("a", "One")], "a fails")).toBe("a");
  expect(groupTitled([of("a", "One"), of("b", "Two")], "a fails")).toBeUndefined();
  expect(groupTitled([of("a", "x".repeat(2000))], `${"x".repeat(1023)}…`)).toBe("a");
  expect(groupTitled([of("a", "One")], "Other")).toBeUndefined();
});
