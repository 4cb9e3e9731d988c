import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";

/** Kinds of answers. Boxes are drawn on a picture, spans marked in a text, ordinal is 1…n. */
export const labelTaskKinds = ["class", "multilabel", "boxes", "spans", "number", "text", "ordinal"] as const;
export const LabelTaskKind = z.enum(labelTaskKinds);
export type LabelTaskKind = z.infer<typeof LabelTaskKind>;

/** Why a task is in the queue. Each is a queue of its own on screen. */
export const taskSources = [
  "disagree",
  "uncertain",
  "suspected",
  "drift",
  "audit",
  "second",
  "playground",
  "imported",
] as const;
export const TaskSource = z.enum(taskSources);
export type TaskSource = z.infer<typeof TaskSource>;

const taskStates = ["open", "settled", "review", "dropped"] as const;
export const TaskState = z.enum(taskStates);
export type TaskState = z.infer<typeof TaskState>;

/** Longest value of an answer as JSON, in characters: a thousand boxes or spans fit. */
export const maxValueLength = 250_000;
/** Longest text of an answer, in characters. */
export const maxTextLength = 20_000;
/** Largest number of classes, and of boxes or spans in one answer. */
export const maxClasses = 1000;
export const maxRegions = 1000;
/** Fields of a region of Label Studio, and of its value. */
const maxRegionFields = 100;

const ClassName = z.string().min(1).max(200);
const share = z.number().min(0).max(100);

/** Percentage points by which a box may leave the picture: drawn at its edge, browsers compute a little more than 100 %. */
export const boxTolerance = 0.5;

/** A box in percent of the picture, from its upper left corner. */
export const BoxValue = z.object({
  label: ClassName,
  x: share,
  y: share,
  width: share,
  height: share,
  rotation: z.number().min(-360).max(360).optional(),
});
export type BoxValue = z.infer<typeof BoxValue>;

/** A span of a text in code points, its end exclusive. */
export const SpanValue = z.object({ label: ClassName, start: z.number().int().min(0), end: z.number().int().min(0) });
export type SpanValue = z.infer<typeof SpanValue>;

/** What a person answered, what was agreed, and what a gold item expects: one shape per task kind, classes by the name that results use. */
export const LabelValue = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("class"), label: ClassName }),
  z.object({ kind: z.literal("multilabel"), labels: z.array(ClassName).max(maxClasses) }),
  z.object({ kind: z.literal("boxes"), boxes: z.array(BoxValue).max(maxRegions) }),
  z.object({ kind: z.literal("spans"), spans: z.array(SpanValue).max(maxRegions) }),
  z.object({ kind: z.literal("number"), number: z.number() }),
  z.object({ kind: z.literal("text"), text: z.string().max(maxTextLength) }),
  z.object({ kind: z.literal("ordinal"), rating: z.number().int().min(1).max(100) }),
]);
export type LabelValue = z.infer<typeof LabelValue>;

/** A class as the configuration declares it; `name` is what results say (the alias where there is one). */
export const LabelClass = z.object({
  name: ClassName,
  /** What people see. */
  title: ClassName,
  hotkey: z.string().max(20).optional(),
  /** CSS colour of the configuration. */
  color: z.string().max(40).optional(),
});
export type LabelClass = z.infer<typeof LabelClass>;

const fieldName = z.string().min(1).max(200);

/** Something shown: a picture, a text or a row, by the task's field that holds it. */
export const ShownObject = z.object({
  /** Name of the tag; controls refer to it. */
  name: fieldName,
  kind: z.enum(["image", "text", "row"]),
  /** The task's field, without the dollar sign. */
  field: fieldName,
});
export type ShownObject = z.infer<typeof ShownObject>;

/** Something asked. */
export const AnswerControl = z.object({
  name: fieldName,
  toName: fieldName,
  kind: LabelTaskKind,
  /** Label Studio's type of a region: choices, labels, rectanglelabels, number, textarea, rating. */
  type: z.enum(["choices", "labels", "rectanglelabels", "number", "textarea", "rating"]),
  isRequired: z.boolean(),
  classes: z.array(LabelClass).max(maxClasses),
  min: z.number().optional(),
  max: z.number().optional(),
  step: z.number().optional(),
});
export type AnswerControl = z.infer<typeof AnswerControl>;

/** The parsed form of a project's configuration. The first control is what the task kind, agreement and consensus are about. */
export const LabelConfig = z.object({
  /** The header: what annotators are asked. */
  question: z.string().max(1000),
  objects: z.array(ShownObject).min(1).max(20),
  controls: z.array(AnswerControl).min(1).max(20),
  /** Tags that Leeway keeps and does not show. */
  unknownTags: z.array(z.string().max(200)).max(100),
});
export type LabelConfig = z.infer<typeof LabelConfig>;

/** Queues that the worker fills from a prediction log. */
const logSources = ["audit", "disagree", "drift", "uncertain"] as const satisfies readonly TaskSource[];
export type LogSource = (typeof logSources)[number];

/** How a project is labelled. Every field has a default, so that stored settings of older versions still parse. */
export const LabelSettings = z.object({
  /** Posterior from which a label is settled. */
  stop: z.number().min(0.5).max(0.9999).default(0.95),
  minAnswers: z.number().int().min(1).max(20).default(1),
  /** Answers after which a task that is not settled goes to review. */
  maxAnswers: z.number().int().min(1).max(20).default(5),
  /** Share of tasks that always take two people, so that agreement is measured. */
  overlapShare: z.number().min(0).max(1).default(0.1),
  /** Share of tasks given to a person that come from the random audit. */
  auditShare: z.number().min(0.1).max(1).default(0.2),
  goldShare: z.number().min(0).max(0.5).default(0.05),
  /** Accuracy on gold below which a person is warned, and paused. */
  minGoldAccuracy: z.number().min(0.5).max(0.99).default(0.8),
  /** Whether the model's probabilities count as a vote; never where people see its answer. */
  modelVotes: z.boolean().default(false),
  /** Whether annotators of boxes and spans may look at the prediction. */
  showPredictions: z.boolean().default(false),
  /** Fields that are shown by a click only, which is recorded. */
  hiddenFields: z.array(fieldName).max(100).default([]),
  /** Column of the data with the weight of an item; null for none. */
  weightField: fieldName.nullable().default(null),
  /** Days within which audit items should have a label. */
  labelWithinDays: z.number().int().min(1).max(365).default(7),
  /** Queues that are filled from the endpoint's prediction log. */
  queues: z
    .array(z.enum(logSources))
    .max(logSources.length)
    .default([...logSources]),
  /** Requests that are drawn at random for the audit each day. */
  auditPerDay: z.number().int().min(0).max(100_000).default(200),
  /** Open tasks from which a queue gets no more requests that are chosen for a reason. */
  maxOpen: z.number().int().min(1).max(100_000).default(500),
  /** Gain from which a request is uncertain. */
  minGain: z.number().min(0).max(1).default(0.5),
  /** Weight of an item by the value of its weight field; numbers that the table does not have are weights themselves. */
  weights: boundedRecord(z.string().max(200), z.number().min(0.1).max(100), maxClasses).default({}),
  /** Days after which a task without an answer is dropped. */
  horizonDays: z.number().int().min(1).max(365).default(30),
  /** Dataset that gets a version of all settled labels each night; null for none. */
  dataset: z.string().min(1).max(250).nullable().default(null),
  leaseSeconds: z.number().int().min(30).max(3600).default(300),
});
export type LabelSettings = z.infer<typeof LabelSettings>;

export const GuidelineClass = z.object({
  name: ClassName,
  definition: z.string().max(4000).default(""),
  /** Tasks that are examples. */
  examples: z.array(z.number().int()).max(50).default([]),
});
export type GuidelineClass = z.infer<typeof GuidelineClass>;

/** Factors of a task's place: gain × drift × weight / (1 + twins). */
export const RankFactors = z.object({
  gain: z.number(),
  drift: z.number(),
  weight: z.number(),
  twins: z.number().int(),
  /** Features whose values have become more frequent, the most important first. */
  drifted: z.array(z.string().max(200)).max(5).optional(),
});
export type RankFactors = z.infer<typeof RankFactors>;

/** A file that a task shows, in the artifact store. */
export const ShownFile = z.object({ artifact: z.string(), mimeType: z.string(), sizeBytes: z.number().int() });
export type ShownFile = z.infer<typeof ShownFile>;

/** A region of Label Studio that says something about a control. */
export const ControlRegion = z
  .looseObject({
    id: z.string().max(200).optional(),
    from_name: fieldName,
    to_name: fieldName,
    type: z.string().max(60),
    value: boundedRecord(fieldName, z.unknown(), maxRegionFields),
  })
  .refine((region) => Object.keys(region).length <= maxRegionFields, `At most ${maxRegionFields} fields.`)
  .meta({ maxProperties: maxRegionFields });
export type ControlRegion = z.infer<typeof ControlRegion>;

/** An arrow from one region to another, which Label Studio writes among them. Leeway keeps it, and reads nothing from it. */
export const RegionRelation = z
  .looseObject({ type: z.literal("relation"), from_id: z.string().max(200), to_id: z.string().max(200) })
  .refine((relation) => Object.keys(relation).length <= maxRegionFields, `At most ${maxRegionFields} fields.`)
  .meta({ maxProperties: maxRegionFields });

/** What a result of Label Studio lists, as its clients send and read it. */
export const Region = z.union([ControlRegion, RegionRelation]);
export type Region = z.infer<typeof Region>;
