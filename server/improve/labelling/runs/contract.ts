import { z } from "zod";

/** A number with its 95 % interval; all null where it is undefined. */
const Interval = z.object({ value: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable() });
export type LabelInterval = z.infer<typeof Interval>;

/** Numbers of a run that alerts watch; null where it has none. */
export const LabelRunMeasures = z.object({
  alpha: Interval.nullable(),
  ac1: Interval.nullable(),
  /** Share of the answers that say the most frequent class. */
  largestClassShare: z.number().nullable(),
  /** Estimated share of wrong labels. */
  noise: Interval.nullable(),
});
export type LabelRunMeasures = z.infer<typeof LabelRunMeasures>;

/** Agreement of the people under one version of the guideline, or under all. Only answers to one version are compared with each other. */
const Agreement = z.object({
  /** Tasks with answers of at least two people. */
  compared: z.number().int(),
  answers: z.number().int(),
  /**
   * Krippendorff's alpha: of classes nominal, of ratings ordinal, of numbers on the interval scale, and for several labels the mean over
   * the classes. Null for boxes, spans and texts.
   */
  alpha: Interval,
  /** Gwet's AC1, for classes and ratings. It is the one to read where one class holds more than 80 % of the answers. */
  ac1: Interval.nullable(),
  /** Mean agreement of two people on a task, from 0 to 1: of boxes and spans by overlap, of texts 1 − word error rate; else the share of equal answers. */
  similarity: Interval,
});
export type Agreement = z.infer<typeof Agreement>;

const agreementGrades = ["reliable", "tentative", "unreliable"] as const;

const ClassQuality = z.object({
  name: z.string(),
  /** Share of the answers that say this class. */
  share: z.number(),
  /** Alpha of this class against all others; null where it is undefined. */
  alpha: z.number().nullable(),
  /** Share of the settled labels of this class that the joint puts into others; null without probabilities. */
  noise: z.number().nullable(),
});

const Pair = z.object({
  /** People by their id; the first sorts before the second. */
  a: z.string(),
  b: z.string(),
  shared: z.number().int(),
  /** Shared tasks with equal answers; for boxes, spans and texts those with a similarity of at least one half. */
  agreed: z.number().int(),
  /** Agreed by shared, with Wilson's interval. */
  agreement: Interval,
  /** Cohen's kappa, of classes; null where it is undefined. */
  kappa: z.number().nullable(),
});

const goldVerdicts = ["too-few", "fine", "warning", "pause"] as const;

const PersonQuality = z.object({
  person: z.string(),
  answers: z.number().int(),
  cannotTell: z.number().int(),
  /** Answers with those of others on the same tasks: agreed by compared, over all pairs, with Wilson's interval. */
  compared: z.number().int(),
  agreement: Interval,
  /** Answers that equal the label in effect, on tasks that at least two people answered. */
  withLabel: z.number().int(),
  correct: Interval,
  /** By class in effect, how often this person said each class. Rows are labels in effect, in the order of `classes`. Null but for classes. */
  confusion: z.array(z.array(z.number().int())).nullable(),
  /** Share of each class among this person's answers, less its share among the labels in effect of the same tasks, with its interval. */
  bias: z.array(z.object({ name: z.string(), difference: z.number(), low: z.number(), high: z.number() })),
  /** Quality by CROWDLAB, from 0 to 1; null without probabilities. */
  quality: z.number().nullable(),
  /** Probability of an answer by knowledge instead of by guessing; below 0.3 from 50 answers on: answers like guessing. Null but for classes. */
  competence: z.number().nullable(),
  gold: z.object({
    seen: z.number().int(),
    correct: z.number().int(),
    accuracy: Interval,
    /** Probability that the accuracy is below the project's floor. */
    belowFloor: z.number(),
    verdict: z.enum(goldVerdicts),
  }),
  /** Median time between shown and answered, in milliseconds. */
  medianMs: z.number().nullable(),
  /** Answers in less than 400 ms. */
  fastAnswers: z.number().int(),
  /** Longest series of equal answers. */
  maxRepeats: z.number().int(),
  isExcluded: z.boolean(),
});
export type PersonQuality = z.infer<typeof PersonQuality>;

/** A settled label that the model's probabilities contradict. */
const SuspectedError = z.object({
  taskId: z.number().int(),
  item: z.string(),
  given: z.string(),
  likely: z.string(),
  /** Probability of the given class; the smallest is the most doubtful. */
  score: z.number(),
  /** Probability of the likely class. */
  probability: z.number(),
});

/** Maximum number of suspected errors that a run lists. Their number is counted beyond it. */
export const maxSuspected = 500;

const Noise = z.object({
  /** Settled tasks with probabilities that were compared. */
  rows: z.number().int(),
  /** Settled tasks without probabilities. */
  withoutProbabilities: z.number().int(),
  /** Tasks that were left out because they are in the training data of the version: of these its probabilities say nothing. */
  inTraining: z.number().int(),
  /** Estimated share of wrong labels, with its interval from resampled rows. */
  share: Interval,
  /** Number of tasks by given class (row) and likely class (column), in the order of `classes`. */
  joint: z.array(z.array(z.number().int())),
  suspectedCount: z.number().int(),
  suspected: z.array(SuspectedError).max(maxSuspected),
});
export type Noise = z.infer<typeof Noise>;

/** Results of a label run over all answers of a project that count. */
export const LabelRunResults = z.object({
  tasks: z.number().int(),
  answers: z.number().int(),
  people: z.number().int(),
  /** Names of the classes, in the order of tables; empty for other kinds. Ratings are their numbers. */
  classes: z.array(z.string()),
  agreement: Agreement,
  /** What alpha says of the labels; null where alpha is undefined. */
  grade: z.enum(agreementGrades).nullable(),
  /** Share of the answers that say the most frequent class; null but for classes. Above 0.8, AC1 is shown beside alpha. */
  largestClassShare: z.number().nullable(),
  /** The same under each version of the guideline, the oldest first. */
  guidelines: z.array(Agreement.extend({ version: z.number().int() })),
  byClass: z.array(ClassQuality),
  pairs: z.array(Pair),
  byPerson: z.array(PersonQuality),
  consensus: z.object({
    /** Method over all answers together; null where there is none for the kind of answer. */
    method: z.enum(["dawid-skene", "crowdlab"]).nullable(),
    /** Settled tasks whose label this method would change. */
    different: z.number().int(),
    differences: z
      .array(z.object({ taskId: z.number().int(), label: z.string(), likely: z.string(), posterior: z.number() }))
      .max(200),
  }),
  /** Suspected errors; null unless answers are classes and tasks have probabilities. */
  noise: Noise.nullable(),
  /** Answers beyond the maximum that a run reads. */
  leftOut: z.number().int(),
});
export type LabelRunResults = z.infer<typeof LabelRunResults>;

const labelRunStates = ["waiting", "running", "done", "failed"] as const;

/** A run over all answers of a project, without its results. */
export const LabelRun = z.object({
  id: z.number().int(),
  projectId: z.number().int(),
  state: z.enum(labelRunStates),
  problem: z.string().nullable(),
  requestedBy: z.string(),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  finishedAt: z.date().nullable(),
  /** Of a finished run. */
  alpha: z.number().nullable(),
  ac1: z.number().nullable(),
  suspected: z.number().int().nullable(),
});
export type LabelRun = z.infer<typeof LabelRun>;

/** A finished run with its results. */
export const FinishedLabelRun = LabelRun.extend({ results: LabelRunResults });
export type FinishedLabelRun = z.infer<typeof FinishedLabelRun>;

const projectId = z.number().int().positive();

export const RequestLabelRun = z.object({ projectId });
export type RequestLabelRun = z.input<typeof RequestLabelRun>;
export const ListLabelRuns = z.object({ projectId, limit: z.number().int().min(1).max(100).default(30) });
export type ListLabelRuns = z.input<typeof ListLabelRuns>;
/** Without a run: the newest finished one. */
export const GetLabelRun = z.object({ projectId, runId: z.number().int().positive().optional() });
export type GetLabelRun = z.input<typeof GetLabelRun>;

/** Accepts suspected errors: their tasks are offered again, to people who have not answered them. */
export const RelabelTasks = z.object({ projectId, taskIds: z.array(z.number().int().positive()).min(1).max(1000) });
export type RelabelTasks = z.input<typeof RelabelTasks>;

/** A suspected error as it is now: waiting once it is labelled again, kept once a reviewer has confirmed its label. */
export const ListedSuspect = SuspectedError.extend({
  state: z.enum(["suspected", "relabelling", "relabelled", "kept", "dropped"]),
  data: z.record(z.string(), z.unknown()),
});
export type ListedSuspect = z.infer<typeof ListedSuspect>;
export const ListSuspects = z.object({
  projectId,
  after: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(100).default(50),
});
export type ListSuspects = z.input<typeof ListSuspects>;
