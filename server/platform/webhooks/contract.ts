import { z } from "zod";
import { limits } from "#server/base/limits.ts";

/** Events MLflow knows, by entity: https://mlflow.org/docs/latest/ml/webhooks. Leeway's own are the actions of the audit log. */
export const mlflowEvents = {
  registered_model: ["created"],
  model_version: ["created"],
  model_version_tag: ["set", "deleted"],
  model_version_alias: ["created", "deleted"],
  prompt: ["created"],
  prompt_version: ["created"],
  prompt_tag: ["set", "deleted"],
  prompt_version_tag: ["set", "deleted"],
  prompt_alias: ["created", "deleted"],
  budget_policy: ["exceeded"],
} as const satisfies Record<string, readonly string[]>;

export type MlflowEntity = keyof typeof mlflowEvents;

/** Common events; webhooks can also subscribe to any action of the audit log. */
export const usualEvents = [
  { event: "model_version.created", words: "a version was registered" },
  { event: "model_version_alias.created", words: "an alias was set or moved" },
  { event: "model_version_alias.deleted", words: "an alias was removed" },
  { event: "promotion.requested", words: "a promotion was requested" },
  { event: "promotion.*", words: "a promotion was requested, approved, rejected or withdrawn" },
  { event: "gate.waived", words: "a gate was waived" },
  { event: "version.deployed", words: "a version was deployed" },
  { event: "rollout.*", words: "a rollout was started, advanced, put on hold, rolled back or promoted" },
  { event: "rollout.rolled-back", words: "a rollout was rolled back" },
  { event: "slo.*", words: "an SLO was created, changed or adjusted, or changes were approved despite its budget" },
  { event: "version.scanned", words: "the files of a version were scanned" },
  { event: "version.signed", words: "a version was signed" },
  { event: "version.signature-removed", words: "the signature of a version was removed" },
  { event: "run.finished", words: "a run finished" },
  { event: "run.failed", words: "a run failed or was killed" },
  { event: "run.finding-opened", words: "a run became unhealthy" },
  { event: "registered_model.created", words: "a model was created" },
  { event: "endpoint.*", words: "an endpoint was created, changed or archived" },
  { event: "*", words: "all audit log events" },
] as const;

const EventPattern = z
  .string()
  .regex(
    /^(\*|[a-z][a-z_-]{0,60}\.(\*|[a-z][a-z-]{0,60}))$/,
    'An event is a subject and a verb, such as "version.deployed", "endpoint.*" or "*".',
  );

const nameRule = /^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/;

const Name = z
  .string()
  .max(limits.nameLength)
  .refine((name) => nameRule.test(name), {
    error: ({ input }) =>
      `Webhook name '${input}' is invalid. It must start and end with a letter or digit, be less than 63 characters long, and contain only letters, digits, dots (.), underscores (_), and hyphens (-).`,
  });

const Secret = z.string().min(1, "A secret must not be empty.").max(1000);

export const CreateWebhook = z.object({
  name: Name,
  url: z.string().max(2000),
  events: z
    .array(EventPattern)
    .max(limits.listLength)
    .min(1, "Webhook events must be a non-empty list of WebhookEvent objects: []."),
  description: z.string().max(1000).default(""),
  /** Signs every delivery; without it deliveries are not signed. */
  secret: Secret.optional(),
  isEnabled: z.boolean().default(true),
});
export type CreateWebhook = z.input<typeof CreateWebhook>;

/** Partial update: omitted fields keep their values. A new secret signs immediately; the old one also signs for another day. */
export const UpdateWebhook = z.object({
  webhookId: z.uuid(),
  name: Name.optional(),
  url: z.string().max(2000).optional(),
  events: CreateWebhook.shape.events.optional(),
  description: z.string().max(1000).optional(),
  secret: Secret.optional(),
  isEnabled: z.boolean().optional(),
});
export type UpdateWebhook = z.input<typeof UpdateWebhook>;

export const DeleteWebhook = z.object({ webhookId: z.uuid(), reason: z.string().max(500).optional() });
export type DeleteWebhook = z.input<typeof DeleteWebhook>;

export const Webhook = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  isSigned: z.boolean(),
  createdAt: z.date(),
  updatedAt: z.date(),
  disabledAt: z.date().nullable(),
});
export type Webhook = z.infer<typeof Webhook>;

export const Attempt = z.object({
  at: z.date(),
  durationMs: z.number(),
  status: z.number().nullable(),
  answer: z.string().nullable(),
  error: z.string().nullable(),
});
export type Attempt = z.infer<typeof Attempt>;

export const Delivery = z.object({
  id: z.uuid(),
  event: z.string(),
  body: z.string(),
  state: z.enum(["pending", "delivered", "failed", "cancelled"]),
  createdAt: z.date(),
  nextAttemptAt: z.date().nullable(),
  replayOf: z.uuid().nullable(),
  attempts: z.array(Attempt),
});
export type Delivery = z.infer<typeof Delivery>;

export const ListDeliveries = z.object({
  webhookId: z.uuid(),
  state: Delivery.shape.state.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  /** Deliveries older than this one. */
  after: z.uuid().optional(),
});
export type ListDeliveries = z.input<typeof ListDeliveries>;
