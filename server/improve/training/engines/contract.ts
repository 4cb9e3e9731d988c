import { z } from "zod";
import { type EngineDescription, EngineKind, EngineSettings } from "../contract.ts";

const Name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "Use lower-case letters, digits and hyphens, at most 63.");
/** Token, kubeconfig or key of the engine; never returned. */
const Secret = z.string().min(1).max(100_000);

export const CreateEngine = z.object({ name: Name, settings: EngineSettings, secret: Secret.optional() });
export type CreateEngine = z.input<typeof CreateEngine>;

export const UpdateEngine = z.object({
  engine: z.string(),
  settings: EngineSettings.optional(),
  /** Null removes it. */
  secret: Secret.nullable().optional(),
  isEnabled: z.boolean().optional(),
});
export type UpdateEngine = z.input<typeof UpdateEngine>;

export const TrainingEngine = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: EngineKind,
  settings: EngineSettings,
  hasSecret: z.boolean(),
  isEnabled: z.boolean(),
  description: z.custom<EngineDescription>().nullable(),
  answeredAt: z.date().nullable(),
  silentSince: z.date().nullable(),
  problem: z.string().nullable(),
  /** Open jobs, by what they do. */
  waiting: z.int(),
  running: z.int(),
  createdBy: z.string(),
  createdAt: z.date(),
});
export type TrainingEngine = z.infer<typeof TrainingEngine>;
