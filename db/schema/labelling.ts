import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  bigserial,
  boolean,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";
import { endpoints } from "./serving.ts";

// Ids are numbers, since clients of Label Studio read them as such. A value is JSON of one shape per task kind, with classes by name.

const serial = () => bigserial({ mode: "number" });
const number = () => bigint({ mode: "number" });

/** What is labelled, with what choices, and how many people each task takes. */
export const labelProjects = pgTable(
  "label_projects",
  {
    id: serial().primaryKey(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    description: text().notNull().default(""),
    /** Endpoint whose predictions are labelled; null for imported data. */
    endpointId: uuid().references(() => endpoints.id, { onDelete: "set null" }),
    /** TaskKind of server/improve/labelling/contract.ts. */
    taskKind: text().notNull(),
    /** Label Studio's XML, verbatim; empty where the project was made here, so that it is written from config. */
    configText: text().notNull(),
    /** The parsed form: what is shown and asked, by control. */
    config: jsonb().$type<JsonColumns["labelProjects.config"]>().notNull(),
    settings: jsonb().$type<JsonColumns["labelProjects.settings"]>().notNull(),
    /** Version of its guidelines in effect. */
    guideline: integer().notNull().default(1),
    /** Draws which of a person's tasks are gold items; no client sees it, so nobody can compute them. */
    seed: uuid().notNull().defaultRandom(),
    /** How far sources and flows have read; null before the first round. */
    progress: jsonb().$type<JsonColumns["labelProjects.progress"]>(),
    state: text({ enum: ["active", "paused", "archived"] })
      .notNull()
      .default("active"),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex("label_projects_name").on(table.workspaceId, table.name).where(sql`state <> 'archived'`),
    unique("label_projects_id").on(table.workspaceId, table.id),
    index("label_projects_endpoint").on(table.endpointId),
  ],
);

/** A project's rows carry its workspace, so that no row can be of another one. */
const inProject = (name: string, table: { workspaceId: AnyPgColumn; projectId: AnyPgColumn }) =>
  foreignKey({
    name,
    columns: [table.workspaceId, table.projectId],
    foreignColumns: [labelProjects.workspaceId, labelProjects.id],
  }).onDelete("cascade");

/** What annotators are asked to do, by version. Versions do not change; an answer names the one it was given under. */
export const labelGuidelines = pgTable(
  "label_guidelines",
  {
    workspaceId: ofWorkspace(),
    projectId: number().notNull(),
    version: integer().notNull(),
    text: text().notNull(),
    /** GuidelineClass[] of server/improve/labelling/contract.ts: definition and examples by class. */
    classes: jsonb().$type<JsonColumns["labelGuidelines.classes"]>().notNull(),
    configText: text().notNull(),
    /** The configuration of this version, by which its answers are checked and read. */
    config: jsonb().$type<JsonColumns["labelGuidelines.config"]>().notNull(),
    reason: text().notNull().default(""),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.version] }), inProject("label_guidelines_project", table)],
);

/** An item to label, with a copy of what it shows, because the prediction log keeps its rows for a limited time. */
export const labelTasks = pgTable(
  "label_tasks",
  {
    id: serial().primaryKey(),
    workspaceId: ofWorkspace(),
    projectId: number().notNull(),
    /** What it is about, once in a project: a request id, the hash of a dataset's row, or an id of the import. */
    item: text().notNull(),
    /** The queue it is in: why it was chosen. */
    source: text({
      enum: ["disagree", "uncertain", "suspected", "drift", "audit", "second", "playground", "imported"],
    }).notNull(),
    /** audit: drawn at random, so that rates may use its label; chosen: selected for a reason, so that they may not. */
    selection: text({ enum: ["audit", "chosen"] }).notNull(),
    requestId: text(),
    datasetVersionId: uuid(),
    modelVersionId: uuid(),
    /** What is shown, by field of the configuration; files by artifact key. */
    data: jsonb().$type<JsonColumns["labelTasks.data"]>().notNull(),
    meta: jsonb().$type<Record<string, unknown>>(),
    /** Why it is in the queue, in words. */
    reason: text().notNull().default(""),
    /** The smallest is the first: -ln of its priority. */
    rank: doublePrecision().notNull(),
    /** RankFactors of server/improve/labelling/contract.ts. */
    factors: jsonb().$type<JsonColumns["labelTasks.factors"]>(),
    /** Near duplicates have the same. */
    groupKey: text(),
    /** The version's probabilities by class when the task was created. */
    probabilities: jsonb().$type<number[]>(),
    /** Answers that it takes at least, so that agreement is measured on a share of the tasks. */
    least: smallint().notNull().default(1),
    /** Number of people wanted; grows while answers disagree. */
    wanted: smallint().notNull().default(1),
    /** Places that are taken: leases, and answers that are neither surplus nor given to a gold item. */
    taken: smallint().notNull().default(0),
    /** Current answers, surplus ones and those of people who cannot tell included; none that was given to a gold item. */
    answers: smallint().notNull().default(0),
    cannotTell: smallint().notNull().default(0),
    /** Probability of the leading label after the last answer. */
    posterior: doublePrecision(),
    state: text({ enum: ["open", "settled", "review", "dropped"] })
      .notNull()
      .default("open"),
    /** Why a reviewer should look at it; null where nobody has to. Samples and disputed gold items stay settled meanwhile. */
    review: text({ enum: ["disagreement", "cannot-tell", "gold", "sample", "asked"] }),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
    settledAt: instant(),
  },
  (table) => [
    uniqueIndex("label_tasks_item").on(table.projectId, table.item),
    unique("label_tasks_id").on(table.workspaceId, table.id),
    index("label_tasks_next").on(table.projectId, table.rank, table.id).where(sql`state = 'open' and taken < wanted`),
    index("label_tasks_next_of_source")
      .on(table.projectId, table.source, table.rank, table.id)
      .where(sql`state = 'open' and taken < wanted`),
    index("label_tasks_state").on(table.projectId, table.state, table.id),
    index("label_tasks_review").on(table.projectId, table.id).where(sql`review is not null`),
    index("label_tasks_group").on(table.projectId, table.groupKey, table.id).where(sql`group_key is not null`),
    index("label_tasks_request").on(table.workspaceId, table.requestId).where(sql`request_id is not null`),
    // Which tasks show a file, for the collector; of tasks that show none there are no entries.
    index("label_tasks_files")
      .using("gin", sql`jsonb_path_query_array(data, '$.**.artifact')`)
      .where(sql`data @? '$.**.artifact'`),
    inProject("label_tasks_project", table),
  ],
);

const ofTask = (name: string, table: { workspaceId: AnyPgColumn; taskId: AnyPgColumn }) =>
  foreignKey({
    name,
    columns: [table.workspaceId, table.taskId],
    foreignColumns: [labelTasks.workspaceId, labelTasks.id],
  }).onDelete("cascade");

/** The right to answer a task, for some minutes. */
export const labelLeases = pgTable(
  "label_leases",
  {
    workspaceId: ofWorkspace(),
    projectId: number().notNull(),
    taskId: number().notNull(),
    person: text().notNull(),
    /** place: counts towards what the task takes. extra: takes no place, as for gold items. skip: not to be offered to this person again. */
    kind: text({ enum: ["place", "extra", "skip"] })
      .notNull()
      .default("place"),
    /** The queue that the person labels: a TaskSource, or empty for all. */
    queue: text().notNull().default(""),
    /** Hidden fields that the person has asked for, with a record of it. */
    shown: text().array().notNull().default(sql`'{}'`),
    createdAt: instant().notNull().defaultNow(),
    expiresAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.taskId, table.person] }),
    index("label_leases_person").on(table.projectId, table.person),
    index("label_leases_expiry").on(table.projectId, table.expiresAt),
    ofTask("label_leases_task", table),
  ],
);

/** What a person answered. A later answer of the same person supersedes it; nothing is overwritten. */
export const labelAnswers = pgTable(
  "label_answers",
  {
    id: serial().primaryKey(),
    workspaceId: ofWorkspace(),
    projectId: number().notNull(),
    taskId: number().notNull(),
    /** User id; for imported answers the annotator's name at the source. */
    person: text().notNull(),
    /** LabelValue of server/improve/labelling/contract.ts; null when the person cannot tell. */
    value: jsonb().$type<JsonColumns["labelAnswers.value"]>(),
    cannotTell: boolean().notNull().default(false),
    /** The regions as a client of Label Studio sent them, returned unchanged. */
    result: jsonb().$type<JsonColumns["labelAnswers.result"]>(),
    note: text().notNull().default(""),
    /** Time visible and focused between shown and answered. */
    spentMs: integer(),
    guideline: integer().notNull(),
    /** Whether the person saw the prediction before answering. */
    shownPrediction: boolean().notNull().default(false),
    /** Given to a group of alike items at once. */
    isBulk: boolean().notNull().default(false),
    /** Given when every place was taken, such as after the lease had ended: consensus uses it. */
    isSurplus: boolean().notNull().default(false),
    /** Given to a gold item, to measure the person. */
    isGold: boolean().notNull().default(false),
    /** Whether it is the label of a gold item, or the consensus of at least two people; null while there is nothing to compare with. */
    agreed: boolean(),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
    supersededAt: instant(),
  },
  (table) => [
    uniqueIndex("label_answers_person").on(table.taskId, table.person).where(sql`superseded_at is null`),
    index("label_answers_task").on(table.taskId),
    index("label_answers_of_person").on(table.projectId, table.person, table.createdAt),
    index("label_answers_created").on(table.projectId, table.createdAt),
    ofTask("label_answers_task", table),
  ],
);

/** Predictions that were imported with tasks; those of endpoints are in the prediction log. */
export const labelPredictions = pgTable(
  "label_predictions",
  {
    id: serial().primaryKey(),
    workspaceId: ofWorkspace(),
    projectId: number().notNull(),
    taskId: number().notNull(),
    result: jsonb().$type<JsonColumns["labelPredictions.result"]>().notNull(),
    score: doublePrecision(),
    modelVersion: text().notNull().default(""),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    index("label_predictions_task").on(table.taskId),
    index("label_predictions_project").on(table.projectId),
    ofTask("label_predictions_task", table),
  ],
);

/** The label of a settled task. A new one supersedes the earlier one. */
export const labelConsensus = pgTable(
  "label_consensus",
  {
    id: serial().primaryKey(),
    workspaceId: ofWorkspace(),
    projectId: number().notNull(),
    taskId: number().notNull(),
    value: jsonb().$type<JsonColumns["labelConsensus.value"]>().notNull(),
    /** Probability that it is correct; null where the method has none. */
    posterior: doublePrecision(),
    method: text({ enum: ["step", "majority", "dawid-skene", "crowdlab", "merge", "review", "import"] }).notNull(),
    people: smallint().notNull(),
    guideline: integer().notNull(),
    /** The label run that computed it. */
    runId: number(),
    createdAt: instant().notNull().defaultNow(),
    supersededAt: instant(),
    /** When the prediction log got it, or needed not to; null while it waits. */
    recordedAt: instant(),
  },
  (table) => [
    uniqueIndex("label_consensus_current").on(table.taskId).where(sql`superseded_at is null`),
    index("label_consensus_task").on(table.taskId),
    index("label_consensus_unrecorded")
      .on(table.projectId, table.id)
      .where(sql`recorded_at is null and superseded_at is null`),
    index("label_consensus_created").on(table.projectId, table.createdAt),
    ofTask("label_consensus_task", table),
  ],
);

/** What a reviewer decided about a task. It outranks votes. */
export const labelReviews = pgTable(
  "label_reviews",
  {
    id: serial().primaryKey(),
    workspaceId: ofWorkspace(),
    projectId: number().notNull(),
    taskId: number().notNull(),
    reviewer: text().notNull(),
    verdict: text({ enum: ["decided", "sent-back", "unclear"] }).notNull(),
    value: jsonb().$type<JsonColumns["labelReviews.value"]>(),
    reason: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [
    index("label_reviews_task").on(table.taskId),
    index("label_reviews_created").on(table.projectId, table.createdAt),
    ofTask("label_reviews_task", table),
  ],
);

/** Items with a known label, by which people are measured. */
export const labelGolds = pgTable(
  "label_golds",
  {
    taskId: number().primaryKey(),
    workspaceId: ofWorkspace(),
    projectId: number().notNull(),
    value: jsonb().$type<JsonColumns["labelGolds.value"]>().notNull(),
    /** Shown once, after the answer. */
    explanation: text().notNull().default(""),
    isEnabled: boolean().notNull().default(true),
    createdBy: text().notNull(),
    /** User ids of those who gave its label, whom it does not measure. */
    madeBy: text().array().notNull().default(sql`'{}'`),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [index("label_golds_project").on(table.projectId), ofTask("label_golds_task", table)],
);

/** A person in a project: the place in the queue, and whether they may continue. */
export const labelAnnotators = pgTable(
  "label_annotators",
  {
    workspaceId: ofWorkspace(),
    projectId: number().notNull(),
    person: text().notNull(),
    name: text().notNull(),
    /** Tasks given to this person so far; every fifth comes from the random audit. */
    given: integer().notNull().default(0),
    /** QueueCursor by queue: the place up to which this person has answered or holds everything. */
    cursors: jsonb().$type<JsonColumns["labelAnnotators.cursors"]>().notNull().default({}),
    /** Current answers, and those among them that could not tell. */
    answered: integer().notNull().default(0),
    cannotTell: integer().notNull().default(0),
    /** Answers that could be compared with a consensus of at least two people, and those that agree with it. */
    compared: integer().notNull().default(0),
    agreed: integer().notNull().default(0),
    /** Gold items answered since the person was last allowed to continue, and the correct ones among them. */
    goldSeen: integer().notNull().default(0),
    goldCorrect: integer().notNull().default(0),
    lastAnswerAt: instant(),
    pausedAt: instant(),
    pauseReason: text(),
    /** Whether consensus leaves this person's answers out. */
    excludedAt: instant(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.person] }), inProject("label_annotators_project", table)],
);

/** Numbers of tasks by source and state. Each is a sum over shards, so that people who answer at the same time do not wait for each other. */
export const labelTaskCounts = pgTable(
  "label_task_counts",
  {
    workspaceId: ofWorkspace(),
    projectId: number().notNull(),
    source: text().notNull(),
    state: text().notNull(),
    shard: smallint().notNull(),
    count: number().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.source, table.state, table.shard] }),
    inProject("label_task_counts_project", table),
  ],
);

/** A nightly or requested computation over all answers of a project. */
export const labelRuns = pgTable(
  "label_runs",
  {
    id: serial().primaryKey(),
    workspaceId: ofWorkspace(),
    projectId: number().notNull(),
    state: text({ enum: ["waiting", "running", "done", "failed"] })
      .notNull()
      .default("waiting"),
    /** LabelRunResults of server/improve/labelling/contract.ts: agreement, confusion by person, suspected errors, joint. */
    results: jsonb().$type<JsonColumns["labelRuns.results"]>(),
    problem: text(),
    requestedBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    startedAt: instant(),
    finishedAt: instant(),
  },
  (table) => [
    index("label_runs_project").on(table.projectId, table.createdAt),
    inProject("label_runs_project_fk", table),
  ],
);
