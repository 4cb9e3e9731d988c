import { z } from "zod";
import { LabelValue } from "../contract.ts";

const id = z.number().int().min(1);

export const SetGold = z.object({
  taskId: id,
  /** The correct label. Left out: the label of the task, if a reviewer or at least three people gave it. */
  value: LabelValue.optional(),
  /** Shown once, after the answer. Left out: as before. */
  explanation: z.string().max(4_000).optional(),
  isEnabled: z.boolean().default(true),
});
export type SetGold = z.input<typeof SetGold>;

export const GoldItem = z.object({
  taskId: id,
  item: z.string(),
  value: LabelValue,
  explanation: z.string(),
  isEnabled: z.boolean(),
  createdBy: z.string(),
  createdAt: z.date(),
  seen: z.number().int().describe("People who have answered it as a gold item."),
  correct: z.number().int(),
});
export type GoldItem = z.infer<typeof GoldItem>;

/** A settled task on which at least three people agree, or that a reviewer decided. */
export const GoldCandidate = z.object({
  taskId: id,
  item: z.string(),
  value: LabelValue,
  posterior: z.number().nullable(),
  people: z.number().int(),
});
export type GoldCandidate = z.infer<typeof GoldCandidate>;
