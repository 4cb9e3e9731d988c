import { z } from "zod";
import { Delivery } from "../../../platform/webhooks/contract.ts";

/** Secret that signs the webhooks of an endpoint's tasks, and their URL unless a task names its own. */
export const TaskWebhook = z.object({
  /** Null: only tasks that name a URL are reported. */
  url: z.string().nullable(),
  /** Whether there is a secret; without one no task may name a URL. */
  isSigned: z.boolean(),
  /** Until when the secret before the last change signs too. */
  previousSecretUntil: z.date().nullable(),
});
export type TaskWebhook = z.infer<typeof TaskWebhook>;

/** The secret is returned only once, when it is created. */
export const NewTaskWebhook = TaskWebhook.extend({ secret: z.string().nullable() });
export type NewTaskWebhook = z.infer<typeof NewTaskWebhook>;

export const SetTaskWebhook = z.object({
  endpointId: z.uuid(),
  /** URL for tasks that name none; null reports none of those. */
  url: z.string().trim().max(2000).nullable(),
  /** Makes a new secret; the old one signs beside it for a day. The first call makes one anyway. */
  renewsSecret: z.boolean().default(false),
});
export type SetTaskWebhook = z.input<typeof SetTaskWebhook>;

export const GetTaskWebhook = z.object({ endpointId: z.uuid() });
export type GetTaskWebhook = z.input<typeof GetTaskWebhook>;

/** Delivery about one task. */
export const TaskDelivery = Delivery.omit({ body: true }).extend({ url: z.string() });
export type TaskDelivery = z.infer<typeof TaskDelivery>;
