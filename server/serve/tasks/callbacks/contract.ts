import { z } from "zod";
import { Delivery } from "../../../platform/webhooks/contract.ts";

/** What signs the webhooks of an endpoint's tasks, and where they go unless a task names its own address. */
export const TaskWebhook = z.object({
  /** Null: only tasks that name an address are told of. */
  url: z.string().nullable(),
  /** Whether there is a secret; without one no task may name an address. */
  isSigned: z.boolean(),
  /** Until when the secret before the last change signs too. */
  previousSecretUntil: z.date().nullable(),
});
export type TaskWebhook = z.infer<typeof TaskWebhook>;

/** The secret is told at the one moment at which it is made. */
export const NewTaskWebhook = TaskWebhook.extend({ secret: z.string().nullable() });
export type NewTaskWebhook = z.infer<typeof NewTaskWebhook>;

export const SetTaskWebhook = z.object({
  endpointId: z.uuid(),
  /** Where tasks are told of that name no address; null tells of none. */
  url: z.string().trim().max(2000).nullable(),
  /** Makes a new secret; the old one signs beside it for a day. The first call makes one anyway. */
  renewsSecret: z.boolean().default(false),
});
export type SetTaskWebhook = z.input<typeof SetTaskWebhook>;

export const GetTaskWebhook = z.object({ endpointId: z.uuid() });
export type GetTaskWebhook = z.input<typeof GetTaskWebhook>;

/** What was sent about one task. */
export const TaskDelivery = Delivery.omit({ body: true }).extend({ url: z.string() });
export type TaskDelivery = z.infer<typeof TaskDelivery>;
