import { desc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, webhookDeliveries } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { deleteAlias } from "#server/develop/registry/aliases/delete-alias.ts";
import { setAlias } from "#server/develop/registry/aliases/set-alias.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { setPolicy } from "#server/develop/registry/policy/set-policy.ts";
import { deleteVersionTag } from "#server/develop/registry/tags/delete-version-tag.ts";
import { setVersionTag } from "#server/develop/registry/tags/set-version-tag.ts";
import { addVersion } from "#server/develop/registry/versions/add-version.ts";
import { approvePromotion } from "#server/release/promotion/approve-promotion.ts";
import { requestPromotion } from "#server/release/promotion/request-promotion.ts";
import { colleague, measuredModel } from "#server/testing/fixtures/registry/requests/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { newReceiver } from "../../testing/fixtures/webhooks/testing.ts";
import { createWebhook } from "./create-webhook.ts";
import { deleteOldDeliveries } from "./delete-old-deliveries.ts";
import { deleteWebhook } from "./delete-webhook.ts";
import { deliverWebhook } from "./deliver-webhook.ts";
import { getWebhook, listDeliveries } from "./queries.ts";
import { replayDelivery } from "./replay-delivery.ts";
import { updateWebhook } from "./update-webhook.ts";

const rules = { allowsPrivate: true };
const name = "digits";

/** Delivers all that is in the outbox, in the order of its making. */
async function deliverAll(ctx: Context): Promise<void> {
  const rows = await ctx.db.select().from(webhookDeliveries).where(eq(webhookDeliveries.state, "pending"));
  for (const { id } of rows) await deliverWebhook(ctx, id, rules);
}

async function oneWebhook(ctx: Context, url: string, events = ["registered_model.created"]) {
  return createWebhook(ctx, { name: "hook", url, events, secret: "s3cret" }, rules);
}

/** Returns the number of seconds until the next attempt of each pending delivery. */
async function waits(ctx: Context): Promise<number[]> {
  const { rows } = await ctx.db.execute<{ wait: number }>(
    "select greatest(0, round(extract(epoch from next_attempt_at - now())))::int as wait from webhook_deliveries where state = 'pending'",
  );
  return rows.map(({ wait }) => wait);
}

test(
  "sends an alias move by promotion or override like any other move",
  inWorkspace(async (ctx) => {
    const { url, received } = await newReceiver(200);
    await measuredModel(ctx, name, [0.9, 0.9, 0.9]);
    await setPolicy(ctx, { name, policy: { protectedAliases: ["champion"] }, reason: "four eyes" });
    await oneWebhook(ctx, url, ["model_version_alias.*", "promotion.*"]);
    const { id } = await requestPromotion(as(ctx, "member"), { name, version: 2, alias: "champion", reason: "better" });
    await approvePromotion(await colleague(ctx), { id });
    await setAlias(ctx, { name, version: 3, alias: "champion", reason: "at once" });
    await deleteAlias(ctx, { name, alias: "champion", reason: "none is good" });
    await deliverAll(ctx);
    const found = received.map(({ body }) => JSON.parse(body)).map(({ entity, action }) => `${entity} ${action}`);
    expect(found.toSorted()).toEqual([
      "model_version_alias created",
      "model_version_alias created",
      "model_version_alias deleted",
      "promotion approved",
      "promotion requested",
    ]);
  }),
);

test(
  "sends registry events in the format of MLflow",
  inWorkspace(async (ctx) => {
    const { url, received } = await newReceiver(200);
    const events = ["registered_model.*", "model_version.*", "model_version_tag.*", "model_version_alias.*"];
    await oneWebhook(ctx, url, events);
    await createRegisteredModel(ctx, { name, tags: [{ key: "k", value: "v" }], description: "dd" });
    await addVersion(ctx, name, { source: "s3://b/p", storageLocation: "s3://b/p", runId: "abc" }, [
      { key: "k", value: "v" },
    ]);
    await setVersionTag(ctx, { name, version: 1, key: "a", value: "b" });
    await deleteVersionTag(ctx, { name, version: 1, key: "a" });
    await setAlias(ctx, { name, version: 1, alias: "champion" });
    await deleteAlias(ctx, { name, alias: "champion" });
    await deliverAll(ctx);
    const found = received.map(({ body }) => JSON.parse(body));
    expect(found.map(({ entity, action, data }) => ({ [`${entity} ${action}`]: data }))).toEqual([
      { "registered_model created": { name, tags: { k: "v" }, description: "dd" } },
      {
        "model_version created": {
          name,
          version: "1",
          source: "s3://b/p",
          run_id: "abc",
          tags: { k: "v" },
          description: null,
        },
      },
      { "model_version_tag set": { name, version: "1", key: "a", value: "b" } },
      { "model_version_tag deleted": { name, version: "1", key: "a" } },
      { "model_version_alias created": { name, alias: "champion", version: "1" } },
      { "model_version_alias deleted": { name, alias: "champion" } },
    ]);
    expect(received[0]?.headers["x-mlflow-signature"]).toMatch(/^v1,/);
  }),
);

test(
  "adds an event to the outbox if and only if the change is committed",
  inWorkspace(async (ctx) => {
    await oneWebhook(ctx, "http://127.0.0.1:1/");
    const undone = ctx.db.transaction(async (db) => {
      await createRegisteredModel({ ...ctx, db: db as never }, { name, tags: [] });
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect(await waits(ctx)).toEqual([]);
    await createRegisteredModel(ctx, { name, tags: [] });
    expect(await waits(ctx)).toEqual([0]);
  }),
);

test(
  "retries a failing receiver later under the same id, and logs every attempt",
  inWorkspace(async (ctx) => {
    const { url, received } = await newReceiver(503, 200);
    const { id: webhookId } = await oneWebhook(ctx, url);
    await createRegisteredModel(ctx, { name, tags: [] });
    await deliverAll(ctx);
    expect(await waits(ctx)).toEqual([10]);
    await deliverAll(ctx);
    const [delivery] = (await listDeliveries(ctx, { webhookId })).deliveries;
    expect(delivery).toMatchObject({ state: "delivered", nextAttemptAt: null });
    expect(delivery?.attempts).toMatchObject([{ status: 503 }, { status: 200, answer: "received" }]);
    expect(received.map(({ headers }) => headers["x-mlflow-delivery-id"])).toEqual([delivery?.id, delivery?.id]);
  }),
);

test(
  "does not follow a redirect, fails the delivery, and can resend it under a new id",
  inWorkspace(async (ctx) => {
    const { url, received } = await newReceiver(302, 200);
    const { id: webhookId } = await oneWebhook(ctx, url);
    await createRegisteredModel(ctx, { name, tags: [] });
    await deliverAll(ctx);
    const [failed] = (await listDeliveries(ctx, { webhookId })).deliveries;
    expect(failed).toMatchObject({ state: "failed", attempts: [{ status: 302 }] });
    const { deliveryId } = await replayDelivery(ctx, { deliveryId: failed?.id ?? "" });
    await deliverWebhook(ctx, deliveryId, rules);
    expect(received.map(({ body }) => body)).toEqual([failed?.body, failed?.body]);
    expect(received[1]?.headers["x-mlflow-delivery-id"]).toBe(deliveryId);
    const state = { state: "delivered" as const, replayOf: failed?.id };
    expect((await listDeliveries(ctx, { webhookId, state: "delivered" })).deliveries).toMatchObject([state]);
  }),
);

test(
  "does not call a host that became private, and logs it",
  inWorkspace(async (ctx) => {
    const { url, received } = await newReceiver(200);
    const { id: webhookId } = await oneWebhook(ctx, url.replace("http:", "https:"));
    await createRegisteredModel(ctx, { name, tags: [] });
    const [delivery] = (await listDeliveries(ctx, { webhookId })).deliveries;
    await deliverWebhook(ctx, delivery?.id ?? "", { allowsPrivate: false });
    expect(received).toEqual([]);
    const [{ attempts } = { attempts: [] }] = (await listDeliveries(ctx, { webhookId })).deliveries;
    expect(attempts).toMatchObject([{ status: null, error: expect.stringContaining("non-public") }]);
  }),
);

test(
  "cancels pending deliveries of a disabled webhook, and adds none",
  inWorkspace(async (ctx) => {
    const { url, received } = await newReceiver(200);
    const { id: webhookId } = await oneWebhook(ctx, url);
    await createRegisteredModel(ctx, { name, tags: [] });
    await updateWebhook(ctx, { webhookId, isEnabled: false }, rules);
    await createRegisteredModel(ctx, { name: "other", tags: [] });
    await deliverAll(ctx);
    expect((await listDeliveries(ctx, { webhookId })).deliveries).toMatchObject([{ state: "cancelled" }]);
    expect(received).toEqual([]);
  }),
);

test(
  "signs with the new and the old secret, and never shows or records a secret",
  inWorkspace(async (ctx) => {
    const { url, received } = await newReceiver(200);
    const { id: webhookId } = await oneWebhook(ctx, url);
    await updateWebhook(ctx, { webhookId, secret: "n3w" }, rules);
    await createRegisteredModel(ctx, { name, tags: [] });
    await deliverAll(ctx);
    expect(String(received[0]?.headers["x-mlflow-signature"]).split(" ")).toHaveLength(2);
    const audit = await ctx.db.select().from(auditEvents).orderBy(desc(auditEvents.id));
    expect(JSON.stringify([audit, await getWebhook(ctx, webhookId)])).not.toMatch(/s3cret|n3w/);
  }),
);

test(
  "deletes the log with its webhook, and old deliveries after retention",
  inWorkspace(async (ctx) => {
    const { id: webhookId } = await oneWebhook(ctx, "http://127.0.0.1:1/");
    await createRegisteredModel(ctx, { name, tags: [] });
    await deleteOldDeliveries(ctx, new Date(Date.now() + 29 * dayMs));
    expect((await listDeliveries(ctx, { webhookId })).deliveries).toHaveLength(1);
    await deleteOldDeliveries(ctx, new Date(Date.now() + 31 * dayMs));
    expect((await listDeliveries(ctx, { webhookId })).deliveries).toEqual([]);
    await deleteWebhook(ctx, { webhookId });
    await expect(getWebhook(ctx, webhookId)).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "rejects invalid names, events and URLs",
  inWorkspace(async (ctx) => {
    const input = { name: "hook", url: "http://127.0.0.1:1/", events: ["*"] };
    await expect(createWebhook(ctx, { ...input, name: "bad name!" }, rules)).rejects.toThrow("is invalid");
    await expect(createWebhook(ctx, { ...input, events: [] }, rules)).rejects.toThrow("non-empty");
    await expect(createWebhook(ctx, { ...input, events: ["model"] }, rules)).rejects.toThrow("subject and a verb");
    await expect(createWebhook(ctx, input, { allowsPrivate: false })).rejects.toMatchObject({ code: "invalid" });
  }),
);
