import { z } from "zod";

/** Of what Leeway sees by itself, and of what pipelines tell. A freeze is a rollout that an error budget holds. */
const changeKinds = ["deploy", "rollout", "rollback", "config", "data", "schema", "flag", "freeze"] as const;
export const ChangeKind = z.enum(changeKinds);
export type ChangeKind = z.infer<typeof ChangeKind>;

export const Change = z.object({
  /** Source and number in it, such as "deployment:12": the same change has the same id everywhere. */
  id: z.string(),
  kind: ChangeKind,
  title: z.string(),
  at: z.date(),
  actor: z.string(),
  /** Where it is shown; null where there is no page of it. */
  href: z.string().nullable(),
  /** As people name it, such as "churn version 11"; null where it is not known. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** Null for what concerns all endpoints. */
  endpointId: z.uuid().nullable(),
});
export type Change = z.infer<typeof Change>;

export const ListChanges = z.object({
  /** Changes of this endpoint and of what concerns all. */
  endpointId: z.uuid().optional(),
  from: z.date(),
  to: z.date(),
  limit: z.number().int().min(1).max(1000).default(200),
});
export type ListChanges = z.input<typeof ListChanges>;

/** What a pipeline tells of, since Leeway does not see it by itself. */
export const RecordChange = z.object({
  endpointId: z.uuid().nullable().default(null),
  kind: z.enum(["deploy", "data", "config", "schema", "flag"]),
  title: z.string().trim().min(1, "Describe the change.").max(300),
  body: z.string().trim().max(5000).default(""),
  url: z
    .url({ protocol: /^https?$/, error: "The URL must start with http:// or https://." })
    .max(2000)
    .optional(),
  /** When it happened; now when left out. */
  at: z.date().optional(),
});
export type RecordChange = z.input<typeof RecordChange>;
