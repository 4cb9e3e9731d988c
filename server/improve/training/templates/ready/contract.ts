import { z } from "zod";

export const InstallTemplate = z.object({
  /** "digits", "flights", "quantise" or "distil". */
  template: z.string().max(100),
  /** Its name in the workspace; a usual one when left out. */
  name: z.string().trim().min(1).max(200).optional(),
  /** Name of the engine that it runs on; chosen at the submit when left out. */
  engine: z.string().max(63).optional(),
  /** Version that it works on, where it works on one. */
  source: z.object({ name: z.string().max(250), version: z.int().min(1) }).optional(),
  /** Model that a finished job registers what it made under; that of the source when left out. */
  registerAs: z.string().trim().min(1).max(200).optional(),
});
export type InstallTemplate = z.input<typeof InstallTemplate>;

export const ReadyTemplateInfo = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  source: z.enum(["none", "optional", "required"]),
});
export type ReadyTemplateInfo = z.infer<typeof ReadyTemplateInfo>;
