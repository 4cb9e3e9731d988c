import { z } from "zod";

const number = z.number().int().positive();

export const PostMortem = z.object({
  state: z.enum(["draft", "done", "waived"]),
  /** Markdown. */
  body: z.string(),
  waiver: z.string().nullable(),
  dueOn: z.iso.date().nullable(),
  isOverdue: z.boolean(),
  revision: z.number().int(),
  updatedBy: z.string(),
  updatedAt: z.date(),
});
export type PostMortem = z.infer<typeof PostMortem>;

export const PostMortemRevision = z.object({
  revision: z.number().int(),
  body: z.string(),
  changedBy: z.string(),
  at: z.date(),
});
export type PostMortemRevision = z.infer<typeof PostMortemRevision>;

export const OfIncident = z.object({ number });
export type OfIncident = z.input<typeof OfIncident>;

export const WritePostMortem = z.object({
  number,
  body: z.string().trim().min(1, "The post-mortem cannot be empty.").max(200_000),
  /** Done: the incident may be closed. */
  isDone: z.boolean().default(false),
  /** Revision that was read: of two concurrent changes, the second is rejected. */
  revision: z.number().int(),
});
export type WritePostMortem = z.input<typeof WritePostMortem>;

export const WaivePostMortem = z.object({
  number,
  reason: z.string().trim().min(1, "Explain why no post-mortem is needed.").max(2000),
});
export type WaivePostMortem = z.input<typeof WaivePostMortem>;
