import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { GuidelineClass, LabelConfig, maxClasses } from "../contract.ts";

const GuidelineText = z.string().max(100_000);
const GuidelineClasses = z.array(GuidelineClass).max(maxClasses);

export const NewGuideline = z.object({ text: GuidelineText.default(""), classes: GuidelineClasses.default([]) });

export const PublishGuideline = z.object({
  projectId: z.number().int().min(1),
  /** Left out: as before. */
  text: GuidelineText.optional(),
  classes: GuidelineClasses.optional(),
  /** Changed classes, titles or controls. A class may go only while no answer uses it. */
  config: LabelConfig.optional(),
  configText: z.string().max(limits.textLength).optional(),
  reason: z.string().max(2_000).default(""),
});
export type PublishGuideline = z.input<typeof PublishGuideline>;

/** A version of what annotators are asked to do. */
export const Guideline = z.object({
  version: z.number().int(),
  text: z.string(),
  classes: z.array(GuidelineClass),
  config: LabelConfig,
  reason: z.string(),
  createdBy: z.string(),
  createdAt: z.date(),
});
export type Guideline = z.infer<typeof Guideline>;
