import { z } from "zod";

/** Changes that Leeway detects itself, and those that pipelines report. A freeze is a rollout held by an error budget. */
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
  /** URL of its page; null where it has none. */
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

/** Change reported by a pipeline, since Leeway cannot detect it itself. */
export const RecordChange = z.object({
  endpointId: z.uuid().nullable().default(null),
  kind: z.enum(["deploy", "data", "config", "schema", "flag"]),
  title: z.string().trim().min(1, "Describe the change.").max(300),
  body: z.string().trim().max(5000).default(""),
  url: z
    .url({ protocol: /^https?$/, error: "The URL must start with http:// or https://." })
    .max(2000)
    .optional(),
  /** Time of the change; now when omitted. */
  at: z.date().optional(),
});
export type RecordChange = z.input<typeof RecordChange>;
