import { z } from "zod";

export const actionKinds = ["prevent", "detect", "mitigate"] as const;
const ActionKind = z.enum(actionKinds);

export const IncidentAction = z.object({
  id: z.uuid(),
  incident: z.object({ number: z.number().int(), title: z.string() }),
  title: z.string(),
  kind: ActionKind,
  owner: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  /** A day: 2026-05-12. */
  dueOn: z.iso.date().nullable(),
  isOverdue: z.boolean(),
  issueUrl: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.date(),
  doneAt: z.date().nullable(),
  doneBy: z.string().nullable(),
});
export type IncidentAction = z.infer<typeof IncidentAction>;

export const AddAction = z.object({
  number: z.number().int().positive(),
  title: z.string().trim().min(1, "Describe the action.").max(500),
  kind: ActionKind,
  ownerId: z.uuid().nullable().default(null),
  dueOn: z.iso.date("Enter a date such as 2026-05-12.").nullable().default(null),
  issueUrl: z
    .url({ protocol: /^https?$/, error: "The URL must start with http:// or https://." })
    .max(2000)
    .nullable()
    .default(null),
});
export type AddAction = z.input<typeof AddAction>;

/** Partial update: omitted fields keep their values. */
export const UpdateAction = z.object({
  actionId: z.uuid(),
  title: AddAction.shape.title.optional(),
  kind: ActionKind.optional(),
  ownerId: z.uuid().nullable().optional(),
  dueOn: z.iso.date("Enter a date such as 2026-05-12.").nullable().optional(),
  issueUrl: AddAction.shape.issueUrl.unwrap().optional(),
  isDone: z.boolean().optional(),
});
export type UpdateAction = z.input<typeof UpdateAction>;

export const ListActions = z.object({
  /** Restricts the list to one incident. */
  number: z.number().int().positive().optional(),
  /** Only those that are not done, or only those that are. */
  isOpen: z.boolean().optional(),
  limit: z.number().int().min(1).max(500).default(200),
});
export type ListActions = z.input<typeof ListActions>;
