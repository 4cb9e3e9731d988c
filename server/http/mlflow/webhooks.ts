import { createWebhook } from "#server/admin/webhooks/create-webhook.ts";
import { deleteWebhook } from "#server/admin/webhooks/delete-webhook.ts";
import { findWebhook, getWebhook, listWebhooks } from "#server/admin/webhooks/queries.ts";
import { testWebhook } from "#server/admin/webhooks/test-webhook.ts";
import { updateWebhook } from "#server/admin/webhooks/update-webhook.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { type MlflowEntity, mlflowEvents, type Webhook } from "#server/platform/webhooks/contract.ts";
import { isMlflowEvent } from "#server/platform/webhooks/mlflow-events.ts";
import { type Call, call } from "./call.ts";
import { choice, type Field, int64, list, missing, record, required, text } from "./fields.ts";

const event = record({ entity: required(text()), action: required(text()) });
const status = choice(["ACTIVE", "DISABLED"]);
const webhookId = required(text());
const settings = { description: text(), secret: text(), status };

/** Calls on webhooks. A webhook of Leeway's own events shows only those that MLflow's clients can read. */
export const webhookCalls: Call[] = [
  call(
    "POST",
    "webhooks",
    { name: required(text()), url: required(text()), events: given(list(event)), ...settings },
    async (ctx, { name, url, events, description, secret, status }, { config }) => {
      const input = { name, url, events: events.map(eventName), description, secret: secret || undefined };
      return {
        webhook: shape(await createWebhook(ctx, { ...input, isEnabled: status !== "DISABLED" }, config.webhooks)),
      };
    },
  ),
  call(
    "GET",
    "webhooks",
    { max_results: int64(), page_token: text() },
    async (ctx, { max_results = 100, page_token }) => {
      if (max_results > 1000 || max_results < 0)
        throw new DomainError("invalid", "max_results must be between 1 and 1000.");
      return page(await listWebhooks(ctx), max_results || 100, page_token);
    },
  ),
  call("GET", "webhooks/:webhook_id", { webhook_id: webhookId }, async (ctx, input) => ({
    webhook: shape(await known(ctx, input.webhook_id)),
  })),
  call(
    "PATCH",
    "webhooks/:webhook_id",
    { webhook_id: webhookId, name: text(), url: text(), events: list(event), ...settings },
    async (ctx, { webhook_id, events, status, secret, ...texts }, { config }) => {
      await known(ctx, webhook_id);
      const change = {
        ...texts,
        webhookId: webhook_id,
        secret: secret || undefined,
        ...(events.length > 0 && { events: events.map(eventName) }),
        ...(status && { isEnabled: status === "ACTIVE" }),
      };
      return { webhook: shape(await updateWebhook(ctx, change, config.webhooks)) };
    },
  ),
  call("DELETE", "webhooks/:webhook_id", { webhook_id: webhookId }, async (ctx, input) => {
    await known(ctx, input.webhook_id);
    await deleteWebhook(ctx, { webhookId: input.webhook_id });
    return {};
  }),
  call(
    "POST",
    "webhooks/:webhook_id/test",
    { webhook_id: webhookId, event: maybe(event) },
    async (ctx, input, { config }) => {
      const values = { webhookId: input.webhook_id, event: input.event && eventName(input.event) };
      const { isDelivered, status, answer: response, error } = await testWebhook(ctx, values, config.webhooks);
      const result = { response_status: status, response_body: response, error_message: error };
      return { result: { success: isDelivered, ...withoutNull(result) } };
    },
  ),
];

/** Returns a list field that must be present, even if empty. */
function given<Item>(field: Field<Item[]>): Field<Item[]> {
  return {
    ...field,
    read(sent, path) {
      if (sent === undefined || sent === null) throw missing(path);
      return field.read(sent, path);
    },
  };
}

/** Returns an optional object field. */
function maybe<Value>(field: Field<Value>): Field<Value | undefined> {
  return { read: (sent, path) => (sent === undefined || sent === null ? undefined : field.read(sent, path)) };
}

function withoutNull(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** Returns Leeway's name of an event. @throws DomainError "invalid" that lists the valid actions */
function eventName(sent: { entity: string; action: string }): string {
  const entity = sent.entity.toLowerCase();
  const action = sent.action.toLowerCase();
  const actions = (mlflowEvents[entity as MlflowEntity] ?? []) as readonly string[];
  if (!actions.includes(action)) {
    const valid = actions.map((name) => `'${name}'`).join(", ");
    throw new DomainError(
      "invalid",
      `Invalid action '${action}' for entity '${entity}'. Valid actions are: [${valid}]`,
    );
  }
  return `${entity}.${action}`;
}

async function known(ctx: Context, webhookId: string): Promise<Webhook> {
  await findWebhook(ctx, webhookId);
  return getWebhook(ctx, webhookId);
}

/** Returns one page of the webhooks, which are few and listed by name; the token is the number of webhooks before the page. */
function page(webhooks: Webhook[], size: number, token: string | undefined) {
  const start = token ? Number(token) : 0;
  if (!Number.isSafeInteger(start) || start < 0) throw new DomainError("invalid", "Invalid page token.");
  const shown = webhooks.slice(start, start + size).map(shape);
  const end = start + size;
  return {
    ...(shown.length > 0 && { webhooks: shown }),
    ...(end < webhooks.length && { next_page_token: String(end) }),
  };
}

function shape(webhook: Webhook) {
  const events = webhook.events.filter(isMlflowEvent).map((event) => {
    const [entity = "", action = ""] = event.split(".");
    return { entity: entity.toUpperCase(), action: action.toUpperCase() };
  });
  return {
    webhook_id: webhook.id,
    name: webhook.name,
    ...(webhook.description && { description: webhook.description }),
    url: webhook.url,
    events,
    status: webhook.disabledAt ? "DISABLED" : "ACTIVE",
    creation_timestamp: webhook.createdAt.getTime(),
    last_updated_timestamp: webhook.updatedAt.getTime(),
  };
}
