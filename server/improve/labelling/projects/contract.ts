import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { noControlCharacters } from "#server/base/text/control-characters.ts";
import {
  LabelClass,
  LabelConfig,
  LabelSettings,
  LabelTaskKind,
  maxClasses,
  ShownObject,
  TaskSource,
} from "../contract.ts";
import { Guideline, NewGuideline } from "../guidelines/contract.ts";

const Name = z.string().trim().min(1, "Enter a name.").max(200).check(noControlCharacters);
const Description = z.string().max(10_000);
const Endpoint = z.string().max(limits.nameLength);
const id = z.number().int().min(1);

const { shape: setting } = LabelSettings;

/** Settings that a caller changes; others keep their value, or get their default. */
const LabelSettingsChange = z.object({
  stop: setting.stop.unwrap().optional(),
  minAnswers: setting.minAnswers.unwrap().optional(),
  maxAnswers: setting.maxAnswers.unwrap().optional(),
  overlapShare: setting.overlapShare.unwrap().optional(),
  auditShare: setting.auditShare.unwrap().optional(),
  goldShare: setting.goldShare.unwrap().optional(),
  minGoldAccuracy: setting.minGoldAccuracy.unwrap().optional(),
  modelVotes: setting.modelVotes.unwrap().optional(),
  showPredictions: setting.showPredictions.unwrap().optional(),
  hiddenFields: setting.hiddenFields.unwrap().optional(),
  weightField: setting.weightField.unwrap().optional(),
  labelWithinDays: setting.labelWithinDays.unwrap().optional(),
  queues: setting.queues.unwrap().optional(),
  auditPerDay: setting.auditPerDay.unwrap().optional(),
  maxOpen: setting.maxOpen.unwrap().optional(),
  minGain: setting.minGain.unwrap().optional(),
  weights: setting.weights.unwrap().optional(),
  horizonDays: setting.horizonDays.unwrap().optional(),
  dataset: setting.dataset.unwrap().optional(),
  leaseSeconds: setting.leaseSeconds.unwrap().optional(),
});

export const CreateLabelProject = z.object({
  name: Name,
  description: Description.default(""),
  /** Endpoint whose predictions are labelled. */
  endpoint: Endpoint.optional(),
  /** What is asked; left out where `config` says it. */
  taskKind: LabelTaskKind.optional(),
  /** Classes by name, or with title, key and colour. */
  classes: z
    .array(z.union([LabelClass.shape.name, LabelClass]))
    .max(maxClasses)
    .optional(),
  /** What is shown. Default: a picture for boxes, a text for spans, else a row of all fields. */
  shown: z.array(ShownObject).max(20).optional(),
  question: LabelConfig.shape.question.optional(),
  /** Bounds of a number, or of a rating (1 to max). */
  range: z.object({ min: z.number().optional(), max: z.number().optional(), step: z.number().optional() }).optional(),
  /** The complete configuration instead of the fields above, and the XML that it was read from. */
  config: LabelConfig.optional(),
  configText: z.string().max(limits.textLength).default(""),
  settings: LabelSettingsChange.default({}),
  guideline: NewGuideline.default({ text: "", classes: [] }),
});
export type CreateLabelProject = z.input<typeof CreateLabelProject>;

const labelProjectStates = ["active", "paused", "archived"] as const;

export const UpdateLabelProject = z.object({
  projectId: id,
  name: Name.optional(),
  description: Description.optional(),
  endpoint: Endpoint.nullable().optional(),
  settings: LabelSettingsChange.optional(),
  state: z.enum(labelProjectStates).optional(),
});
export type UpdateLabelProject = z.input<typeof UpdateLabelProject>;

export const ListLabelProjects = z.object({
  /** Name of an endpoint. */
  endpoint: Endpoint.optional(),
  /** Archived ones instead of the others. */
  archived: z.boolean().default(false),
});
export type ListLabelProjects = z.input<typeof ListLabelProjects>;

const count = z.number().int();

export const LabelProjectCounts = z.object({
  open: count,
  settled: count,
  review: count.describe("Tasks in review that have no label yet."),
  dropped: count,
  bySource: z.array(z.object({ source: TaskSource, open: count })).describe("Open tasks of each queue that has any."),
  held: count.describe("Tasks currently leased."),
  answers: count.describe("Current answers of all people."),
  people: count.describe("People with an answer."),
});
export type LabelProjectCounts = z.infer<typeof LabelProjectCounts>;

export const LabelProject = z.object({
  id,
  name: z.string(),
  description: z.string(),
  endpoint: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  taskKind: LabelTaskKind,
  state: z.enum(labelProjectStates),
  guideline: count.describe("Version of the guidelines in effect."),
  settings: LabelSettings,
  createdBy: z.string(),
  createdAt: z.date(),
  updatedAt: z.date(),
  counts: LabelProjectCounts,
});
export type LabelProject = z.infer<typeof LabelProject>;

export const LabelProjectDetails = LabelProject.extend({
  config: LabelConfig,
  configText: z.string().describe("Label Studio XML if the project was created from it; otherwise empty."),
  guidelines: Guideline,
});
export type LabelProjectDetails = z.infer<typeof LabelProjectDetails>;
