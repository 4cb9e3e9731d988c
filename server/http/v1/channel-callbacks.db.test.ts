import Fastify from "fastify";
import { expect, test } from "vitest";
import { callbackPath, type ReceivedCallback } from "#server/alerting/notifications/callbacks/contract.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { setCallbackSecret } from "#server/testing/fixtures/notifications/callbacks/set-callback-secret.ts";
import {
  newPagerDutyEvent,
  newSlackPress,
  sentByPagerDuty,
  sentBySlack,
} from "#server/testing/fixtures/notifications/callbacks/testing.ts";
import { newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { v1Plugin } from "./plugin.ts";

configureLog({ role: "test", level: "silent" });
const secret = "a-signing-secret";

/** Returns the API without a signed-in user, and the channels of a receiver. */
async function openAddress(ctx: Context) {
  const { channelIds } = await newReceiver(ctx, "on-call", [
    { settings: { kind: "pagerduty" }, secret: "k".repeat(32) },
    { settings: { kind: "slack-hook" }, secret: "https://hooks.slack.com/x" },
  ]);
  for (const id of channelIds) await setCallbackSecret(ctx.db, id, secret);
  const app = Fastify();
  const authenticate = () => Promise.reject(new Error("Nobody is asked who they are."));
  const deps = { db: ctx.db, authenticate, config: { notifications: { rules: {} }, publicUrl: "http://leeway.test" } };
  await app.register((scope) => v1Plugin(scope, deps as unknown as WebDependencies), { prefix: "/api/v1" });
  const post = async ({ channelId, body, headers }: ReceivedCallback, url = callbackPath(channelId)) => {
    const sent = { ...headers } as Record<string, string>;
    const response = await app.inject({ method: "POST", url, payload: body, headers: sent });
    return { status: response.statusCode, body: response.json(), headers: response.headers };
  };
  const [pager, slack] = channelIds as [string, string];
  return { pager, slack, post };
}

test(
  "accepts signed JSON and forms by their raw bytes, idempotently",
  inWorkspace(async (ctx) => {
    const { pager, slack, post } = await openAddress(ctx);
    // Spaces and letters beyond ASCII would not survive being read and written again.
    const event = newPagerDutyEvent({ title: "Öfen  brennen" });
    const spaced = sentByPagerDuty(pager, event, secret);
    expect(await post(spaced)).toMatchObject({ status: 200, body: { isDone: false, isRepeated: false } });
    expect(await post(spaced)).toMatchObject({ status: 200, body: { isRepeated: true } });
    const pressed = sentBySlack(slack, newSlackPress({}), secret);
    expect(await post(pressed)).toMatchObject({ status: 200, body: { outcome: "", isRepeated: false } });
    const bytes = Buffer.from(`${pressed.body}&`);
    expect(await post({ ...pressed, body: bytes })).toMatchObject({
      status: 404,
      body: { error: { code: "not-found" } },
    });
  }),
);

test(
  "rejects oversized and too frequent requests before checking the signature",
  inWorkspace(async (ctx) => {
    const { pager, slack, post } = await openAddress(ctx);
    const large = sentByPagerDuty(pager, { event: "x".repeat(300_000) }, secret);
    expect(await post(large)).toMatchObject({ status: 413, body: { error: { code: "too-large" } } });
    const wrong = sentByPagerDuty(pager, {}, "another-secret");
    const statuses = new Set<number>();
    for (let count = 0; count < 200; count += 1) {
      const { status, headers } = await post(wrong);
      statuses.add(status);
      if (status === 429) expect(Number(headers["retry-after"])).toBeGreaterThan(0);
      if (status === 429) break;
    }
    expect([...statuses]).toEqual([404, 429]);
    // Another address is not held up by it.
    expect((await post(sentBySlack(slack, newSlackPress({}), secret))).status).toBe(200);
  }),
);

test(
  "accepts callbacks at the former address",
  inWorkspace(async (ctx) => {
    const { pager, post } = await openAddress(ctx);
    const event = sentByPagerDuty(pager, newPagerDutyEvent({ title: "Former" }), secret);
    expect(await post(event, `/api/v1/channels/${pager}/answers`)).toMatchObject({ status: 200 });
    expect(await post(event)).toMatchObject({ status: 200, body: { isRepeated: true } });
  }),
);
