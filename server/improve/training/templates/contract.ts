import { z } from "zod";
import { TemplateSpec } from "../contract.ts";

const Name = z.string().trim().min(1, "Enter a name.").max(200);

export const SaveTemplate = z.object({
  name: Name,
  description: z.string().max(10_000).default(""),
  spec: TemplateSpec,
});
export type SaveTemplate = z.input<typeof SaveTemplate>;

export const JobTemplate = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  revision: z.int(),
  spec: TemplateSpec,
  createdBy: z.string(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
export type JobTemplate = z.infer<typeof JobTemplate>;
