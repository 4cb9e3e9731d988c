import { z } from "zod";

const max = 1_000_000;

export const SetQuota = z.object({
  /** Null: of the whole workspace. */
  teamId: z.uuid().nullable(),
  maxJobs: z.int().min(0).max(max).nullable().default(null),
  gpus: z.int().min(0).max(max).nullable().default(null),
  cores: z.number().min(0).max(max).nullable().default(null),
  /** Part of the machines where several teams wait, relative to that of others. */
  weight: z.number().min(0.01).max(100).default(1),
});
export type SetQuota = z.input<typeof SetQuota>;

export const TrainingQuota = z.object({
  teamId: z.uuid().nullable(),
  /** Name of the team; null for the workspace. */
  team: z.string().nullable(),
  maxJobs: z.int().nullable(),
  gpus: z.number().nullable(),
  cores: z.number().nullable(),
  weight: z.number(),
  setBy: z.string(),
  setAt: z.date(),
});
export type TrainingQuota = z.infer<typeof TrainingQuota>;
