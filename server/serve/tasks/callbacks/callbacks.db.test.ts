import { createHmac } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, inferenceTasks, webhookDeliveries } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { cancelTask } from "#server/serve/tasks/cancel-task.ts";
import { claimTasks } from "#server/serve/tasks/claim-tasks.ts";
import { endAttempt } from "#server/serve/tasks/end-task.ts";
import { recoverTasks } from "#server/serve/tasks/recover-tasks.ts";
import {
  gatewayUrl,
  newTaskEndpoint,
  openRules as rules,
  submit,
} from "#server/testing/fixtures/serving/tasks/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { createWebhook } from "../../../admin/webhooks/create-webhook.ts";
import { deliverWebhook } from "../../../admin/webhooks/deliver-webhook.ts";
import { listWebhooks } from "../../../admin/webhooks/queries.ts";
import { replayDelivery } from "../../../admin/webhooks/replay-delivery.ts";
import { newReceiver } from "../../../testing/fixtures/webhooks/testing.ts";
import { getTaskWebhook, listTaskDeliveries } from "./queries.ts";
import { setTaskWebhook } from "./set-task-webhook.ts";

async function deliverAll(ctx: Context): Promise<void> {
  const rows = await ctx.db.select().from(webhookDeliveries).where(eq(webhookDeliveries.state, "pending"));
  for (const { id } of rows) await deliverWebhook(ctx, id, rules);
}

const failed = { kind: "failed", errorStatus: 400, error: "the shape is wrong" } as const;

test(
  "sends one signed callback to the URL of a task when it ends",
  inWorkspace(async (ctx) => {
    const { url, received } = await newReceiver(503, 200);
    const endpointId = await newTaskEndpoint(ctx);
    const { secret } = await setTaskWebhook(ctx, { endpointId, url: null }, rules);
    const id = await submit(ctx, endpointId, undefined, { webhookUrl: url });
    await submit(ctx, endpointId);
    for (const task of await claimTasks(ctx.db, [{ endpointId, count: 2 }])) {
      await endAttempt(ctx, task, failed, gatewayUrl);
      // The gateway was slow: another one has ended the task already.
      await endAttempt(ctx, task, failed, gatewayUrl);
    }
    await deliverAll(ctx);
    await deliverAll(ctx);
    expect(received).toHaveLength(2);
    const [first, second] = received;
    const given = (name: string) => String(second?.headers[`x-mlflow-${name}`]);
    expect(first?.headers["x-mlflow-delivery-id"]).toBe(given("delivery-id"));
    const signed = `${given("delivery-id")}.${given("timestamp")}.${second?.body}`;
    expect(given("signature")).toBe(
      `v1,${createHmac("sha256", secret ?? "")
        .update(signed)
        .digest("base64")}`,
    );
    expect(JSON.parse(second?.body ?? "")).toMatchObject({
      entity: "task",
      action: "failed",
      data: { id, model_name: "digits", error: "the shape is wrong", result_url: null, attempts: 1 },
    });
    const [found] = await listTaskDeliveries(ctx, { taskId: id });
    expect(found).toMatchObject({ state: "delivered", url, attempts: [{ status: 503 }, { status: 200 }] });
    await replayDelivery(ctx, { deliveryId: found?.id ?? "" });
    await deliverAll(ctx);
    expect(received[2]?.body).toBe(second?.body);
  }),
);

test(
  "sends callbacks of tasks without a URL to the endpoint's webhook, including cancelled and expired ones",
  inWorkspace(async (ctx) => {
    const { url, received } = await newReceiver(200);
    const endpointId = await newTaskEndpoint(ctx);
    await setTaskWebhook(ctx, { endpointId, url }, rules);
    await cancelTask(ctx, { taskId: await submit(ctx, endpointId) }, gatewayUrl);
    await submit(ctx, endpointId);
    await ctx.db
      .update(inferenceTasks)
      .set({ expiresAt: new Date(1) })
      .where(eq(inferenceTasks.state, "queued"));
    await recoverTasks(ctx, gatewayUrl);
    await deliverAll(ctx);
    expect(received.map(({ body }) => JSON.parse(body).action).toSorted()).toEqual(["cancelled", "expired"]);
  }),
);

test(
  "returns the secret only on creation, signs with old and new after rotation, and hides it from workspace webhooks",
  inWorkspace(async (ctx) => {
    const { url, received } = await newReceiver(200);
    const endpointId = await newTaskEndpoint(ctx);
    expect(await getTaskWebhook(ctx, { endpointId })).toMatchObject({ url: null, isSigned: false });
    const { secret } = await setTaskWebhook(ctx, { endpointId, url }, rules);
    expect(secret).toMatch(/^whsec_[\w-]{43}$/);
    expect((await setTaskWebhook(ctx, { endpointId, url }, rules)).secret).toBeNull();
    const renewed = await setTaskWebhook(ctx, { endpointId, url, renewsSecret: true }, rules);
    expect(renewed.secret).not.toBe(secret);
    await cancelTask(ctx, { taskId: await submit(ctx, endpointId) }, gatewayUrl);
    await deliverAll(ctx);
    expect(String(received[0]?.headers["x-mlflow-signature"]).split(" ")).toHaveLength(2);
    const audit = await ctx.db.select().from(auditEvents).orderBy(desc(auditEvents.id));
    expect(JSON.stringify([audit, await getTaskWebhook(ctx, { endpointId })])).not.toContain("whsec_");
    await createWebhook(ctx, { name: "all", url: "http://127.0.0.1:1/", events: ["*"] }, rules);
    expect((await listWebhooks(ctx)).map(({ name }) => name)).toEqual(["all"]);
  }),
);

test(
  "rejects a URL that the rules do not allow",
  inWorkspace(async (ctx) => {
    const endpointId = await newTaskEndpoint(ctx);
    const strict = setTaskWebhook(ctx, { endpointId, url: "https://127.0.0.1/" }, { allowsPrivate: false });
    await expect(strict).rejects.toMatchObject({ code: "invalid" });
  }),
);
