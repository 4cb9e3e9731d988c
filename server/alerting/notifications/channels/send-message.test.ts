import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { newOutgoing } from "../../../testing/fixtures/notifications/channels/testing.ts";
import {
  newAlert,
  newListener,
  newMailServer,
  newMessage,
  newOutside,
} from "../../../testing/fixtures/notifications/testing.ts";
import { ChannelSettings } from "../contract.ts";
import { sendMessage } from "./send-message.ts";

const target = (settings: object, secret: string | null = null, address: string | null = null) => ({
  settings: ChannelSettings.parse(settings),
  secret,
  address,
});

test("posts a bot message, then edits it by the reference from Slack", async () => {
  const response = { ok: true, channel: "C9", ts: "17.5", message: { text: "x".repeat(20_000) } };
  const { url: slackUrl, received: message } = await newListener(() => ({ body: JSON.stringify(response) }));
  const bot = target({ kind: "slack-bot", channel: "#alerts" }, "xoxb-1");
  const first = await sendMessage(newOutgoing(), bot, newOutside({ slackUrl }));
  expect(first).toMatchObject({ outcome: "delivered", status: 200, reference: { ts: "17.5", channel: "C9" } });
  expect(first.answer?.length).toBeLessThanOrEqual(1024);
  await sendMessage(newOutgoing({ previous: first.reference }), bot, newOutside({ slackUrl }));
  expect(message.map(({ path }) => path)).toEqual(["/chat.postMessage", "/chat.update"]);
  expect(message[0]?.headers.authorization).toBe("Bearer xoxb-1");
  expect(message[0]?.body).toMatchObject({ channel: "#alerts", blocks: expect.any(Array) });
  expect(message[1]?.body).toMatchObject({ channel: "C9", ts: "17.5" });
});

test("posts anew if the bot message is gone, and messages a user directly", async () => {
  const { url: slackUrl, received: message } = await newListener(({ path }) => ({
    body: JSON.stringify(
      path === "/chat.update" ? { ok: false, error: "message_not_found" } : { ok: true, channel: "D1", ts: "2" },
    ),
  }));
  const person = target({ kind: "slack-bot", channel: "#alerts" }, "xoxb-1", "U7");
  const outcome = await sendMessage(
    newOutgoing({ previous: { ts: "1", channel: "D1" } }),
    person,
    newOutside({ slackUrl }),
  );
  expect(outcome).toMatchObject({ outcome: "delivered", reference: { ts: "2", channel: "D1" } });
  expect(message.map(({ path }) => path)).toEqual(["/chat.update", "/chat.postMessage"]);
  expect(message[1]?.body.channel).toBe("U7");
});

test("treats an ok of false as refused, and waits for a rate limit as long as Slack requires", async () => {
  const predictions = [
    { body: '{"ok":false,"error":"channel_not_found"}' },
    { body: '{"ok":false,"error":"ratelimited"}', headers: { "Retry-After": "30" } },
  ];
  const { url: slackUrl } = await newListener((_, count) => predictions[count - 1] ?? {});
  const bot = target({ kind: "slack-bot", channel: "#alerts" }, "xoxb-1");
  expect(await sendMessage(newOutgoing(), bot, newOutside({ slackUrl }))).toMatchObject({ outcome: "refused" });
  expect(await sendMessage(newOutgoing(), bot, newOutside({ slackUrl }))).toMatchObject({
    outcome: "failed",
    retryAfterSeconds: 30,
  });
});

test("sends text and blocks to an incoming Slack webhook", async () => {
  const { url, received: message } = await newListener();
  expect(await sendMessage(newOutgoing(), target({ kind: "slack-hook" }, url), newOutside())).toMatchObject({
    outcome: "delivered",
    answer: "ok",
  });
  expect(message[0]?.body).toMatchObject({ text: newMessage().title, blocks: expect.any(Array) });
});

test("sends each event to PagerDuty, and returns the worst response", async () => {
  const { url: pagerdutyUrl, received: message } = await newListener(({ body }) => ({
    status: String(body.dedup_key).endsWith("b") ? 400 : 202,
  }));
  const key = "0".repeat(32);
  const outside = newOutside({ pagerdutyUrl });
  const group = target({ kind: "pagerduty" }, key);
  expect(await sendMessage(newOutgoing(), group, outside)).toMatchObject({ outcome: "delivered", status: 202 });
  expect(message[0]).toMatchObject({ path: "/v2/enqueue", body: { event_action: "trigger", routing_key: key } });
  const each = target({ kind: "pagerduty", per: "alert" }, key);
  const two = newOutgoing({ message: newMessage({ alerts: [newAlert("a"), newAlert("b")] }) });
  expect(await sendMessage(two, each, outside)).toMatchObject({ outcome: "refused", status: 400 });
  await sendMessage(newOutgoing({ kind: "change", message: newMessage({ status: "info" }) }), group, outside);
  expect(message.at(-1)?.path).toBe("/v2/change/enqueue");
});

test("signs the body of a webhook under a stable id", async () => {
  const { url, received: message } = await newListener();
  await sendMessage(newOutgoing(), target({ kind: "webhook", url }, "the secret"), newOutside());
  const [first] = message;
  const id = first?.headers["x-mlflow-delivery-id"];
  expect(id).toBe(newOutgoing().id);
  const signed = `${id}.${first?.headers["x-mlflow-timestamp"]}.${JSON.stringify(first?.body)}`;
  const signature = createHmac("sha256", "the secret").update(signed).digest("base64");
  expect(first?.headers["x-mlflow-signature"]).toBe(`v1,${signature}`);
  expect(first?.body).toMatchObject({ version: "4", status: "firing" });
});

test("sends the token without a signature if a webhook requires a token", async () => {
  const { url, received: message } = await newListener();
  const requested = target({ kind: "webhook", url, authorization: "bearer" }, "the-token");
  expect(await sendMessage(newOutgoing(), requested, newOutside())).toMatchObject({ outcome: "delivered" });
  expect(message[0]?.headers.authorization).toBe("Bearer the-token");
  expect(message[0]?.headers).not.toHaveProperty("x-mlflow-signature");
});

test("sends an email with text, HTML and thread headers", async () => {
  const { url, mails } = await newMailServer();
  const outside = newOutside({ mail: { url, from: "Leeway <leeway@example.org>" } });
  const outcome = await sendMessage(newOutgoing(), target({ kind: "email", to: ["a@x.test", "b@x.test"] }), outside);
  expect(outcome).toMatchObject({ outcome: "delivered", status: 250 });
  expect(mails).toHaveLength(1);
  expect(mails[0]?.to).toEqual(["a@x.test", "b@x.test"]);
  for (const part of [
    "text/plain",
    "text/html",
    "From: Leeway <leeway@example.org>",
    `Message-ID: <${newOutgoing().id}@`,
    "References: <",
  ]) {
    expect(mails[0]?.source).toContain(part);
  }
});

test("treats a permanently rejected address as refused, and retries a temporary error or missing server", async () => {
  const refusal = (responseCode: number) => Object.assign(new Error("no such mailbox"), { responseCode });
  const { url } = await newMailServer((address) => refusal(address.startsWith("gone") ? 550 : 450));
  const outside = newOutside({ mail: { url, from: "leeway@example.org" } });
  const to = (address: string) => ({ settings: undefined, secret: null, address });
  expect(await sendMessage(newOutgoing(), to("gone@x.test"), outside)).toMatchObject({
    outcome: "refused",
    status: 550,
  });
  expect(await sendMessage(newOutgoing(), to("full@x.test"), outside)).toMatchObject({
    outcome: "failed",
    status: 450,
  });
  expect(await sendMessage(newOutgoing(), to("a@x.test"), newOutside())).toMatchObject({
    outcome: "failed",
    error: expect.stringContaining("LEEWAY_SMTP_URL"),
  });
  const down = newOutside({ mail: { url: "smtp://127.0.0.1:1", from: "leeway@example.org" } });
  expect(await sendMessage(newOutgoing(), to("a@x.test"), down)).toMatchObject({ outcome: "failed", status: null });
});
