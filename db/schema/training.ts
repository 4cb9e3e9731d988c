import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { belongsTo, bytes, instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";
import { teams } from "./oncall.ts";
import { storedSecret } from "./stored-secret.ts";

/** What runs training: a place that starts commands, looks after machines, and says what it has. */
export const trainingEngines = pgTable(
  "training_engines",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    kind: text({ enum: ["local", "ray", "kubernetes", "slurm"] }).notNull(),
    /** EngineSettings of server/improve/training/contract.ts: address, queue, limits. */
    settings: jsonb().$type<JsonColumns["trainingEngines.settings"]>().notNull(),
    /** Token, or kubeconfig. */
    secret: storedSecret(),
    isEnabled: boolean().notNull().default(true),
    /** EngineDescription of server/improve/training/contract.ts, as it was last seen. */
    description: jsonb().$type<JsonColumns["trainingEngines.description"]>(),
    /** When it last answered; null before the first time. */
    answeredAt: instant(),
    /** Since when it has not answered; null while it does. */
    silentSince: instant(),
    /** Why it does not answer, in words. */
    problem: text(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex("training_engines_name").on(table.workspaceId, table.name),
    unique("training_engines_id").on(table.workspaceId, table.id),
  ],
);

/** What can be submitted again and again. A change is a new revision; jobs keep the specification that they were submitted with. */
export const jobTemplates = pgTable(
  "job_templates",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    description: text().notNull().default(""),
    revision: integer().notNull().default(1),
    /** JobSpec of server/improve/training/contract.ts with its defaults, and the parameters that a submit may set. */
    spec: jsonb().$type<JsonColumns["jobTemplates.spec"]>().notNull(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
    archivedAt: instant(),
  },
  (table) => [uniqueIndex("job_templates_name").on(table.workspaceId, table.name).where(sql`archived_at is null`)],
);

/** Jobs that try parameters: a set of children from one seed. */
export const trainingSweeps = pgTable(
  "training_sweeps",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    /** SweepSpec of server/improve/training/sweeps/contract.ts: space, kind, seed, metric, halving. */
    spec: jsonb().$type<JsonColumns["trainingSweeps.spec"]>().notNull(),
    /** SweepJob of server/improve/training/sweeps/contract.ts: what each trial runs, with other parameters. */
    job: jsonb().$type<JsonColumns["trainingSweeps.job"]>().notNull(),
    /** RungValue[] of server/improve/training/sweeps/contract.ts: what trials had reached where they were compared, in the order of their arrival. */
    rungs: jsonb().$type<JsonColumns["trainingSweeps.rungs"]>().notNull().default([]),
    state: text({ enum: ["running", "ended", "stopped"] })
      .notNull()
      .default("running"),
    /** Why it was stopped, in words; null for one that was not, or without a reason. */
    message: text(),
    /** Run that the runs of its children are nested in. */
    runId: text(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    endedAt: instant(),
  },
  (table) => [index("training_sweeps_created").on(table.workspaceId, table.createdAt)],
);

/** What is wanted. Its specification never changes. docs/spec/training.md section 1. */
export const trainingJobs = pgTable(
  "training_jobs",
  {
    /** "tj-" and a ULID in lower case: fits the names of every engine. */
    id: text().primaryKey(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    templateId: uuid().references(() => jobTemplates.id, { onDelete: "set null" }),
    templateRevision: integer(),
    engineId: uuid().references(() => trainingEngines.id, { onDelete: "set null" }),
    sweepId: uuid().references(() => trainingSweeps.id, { onDelete: "cascade" }),
    /** Number in its sweep, from 0. */
    trial: integer(),
    /** The job that this one repeats or changes. */
    rerunOf: text(),
    isExactRerun: boolean().notNull().default(false),
    spec: jsonb().$type<JsonColumns["trainingJobs.spec"]>().notNull(),
    /** MLflow run, made before the submit. */
    runId: text().notNull(),
    teamId: uuid().references(() => teams.id, { onDelete: "set null" }),
    priority: text({ enum: ["urgent", "normal", "low"] })
      .notNull()
      .default("normal"),
    state: text({
      enum: ["waiting", "submitting", "running", "resuming", "finished", "failed", "stopped", "lost"],
    })
      .notNull()
      .default("waiting"),
    /** WaitingReason of server/improve/training/contract.ts; null unless it waits. */
    waiting: jsonb().$type<JsonColumns["trainingJobs.waiting"]>(),
    /** Why it ended: EndCause of server/improve/training/contract.ts; null until then. */
    cause: text(),
    /** The same in words. */
    message: text(),
    /** Who or what asked it to stop, and why: StopRequest of server/improve/training/contract.ts. It stays asked until the job has ended. */
    stopRequest: jsonb().$type<JsonColumns["trainingJobs.stopRequest"]>(),
    /** Launches so far; with the id of the job the name of a submit, so that an engine knows a repeated one. */
    launches: integer().notNull().default(0),
    /** Ends by cause, each with a budget of its own. */
    preemptions: integer().notNull().default(0),
    losses: integer().notNull().default(0),
    failures: integer().notNull().default(0),
    /** Attempts in a row that ended without a newer checkpoint than they began with. */
    fruitless: integer().notNull().default(0),
    /** No launch before this, after a back-off. */
    notBefore: instant(),
    /** Money and hours that it may take at most from here on, as reckoned at the submit; null without a price. */
    estimate: doublePrecision(),
    currency: text(),
    submittedBy: text().notNull(),
    submittedByName: text().notNull(),
    submittedAt: instant().notNull().defaultNow(),
    startedAt: instant(),
    endedAt: instant(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    unique("training_jobs_id").on(table.workspaceId, table.id),
    index("training_jobs_submitted").on(table.workspaceId, table.submittedAt),
    index("training_jobs_open")
      .on(table.workspaceId, table.state)
      .where(sql`state in ('waiting', 'submitting', 'running', 'resuming')`),
    index("training_jobs_engine").on(table.engineId),
    index("training_jobs_run").on(table.runId),
    uniqueIndex("training_jobs_trial").on(table.sweepId, table.trial),
  ],
);

const ofJob = (name: string, table: { workspaceId: AnyPgColumn; jobId: AnyPgColumn }) =>
  foreignKey({
    name,
    columns: [table.workspaceId, table.jobId],
    foreignColumns: [trainingJobs.workspaceId, trainingJobs.id],
  }).onDelete("cascade");

/** One submit of a job to its engine. The one with the highest number is the present one. */
export const trainingLaunches = pgTable(
  "training_launches",
  {
    workspaceId: ofWorkspace(),
    jobId: text().notNull(),
    /** From 1; with the id of the job its name at the engine. */
    number: integer().notNull(),
    engineId: uuid().references(() => trainingEngines.id, { onDelete: "set null" }),
    /** EngineHandle of server/improve/training/contract.ts; null until the engine took it. */
    handle: jsonb().$type<JsonColumns["trainingLaunches.handle"]>(),
    /** Seen of server/improve/training/contract.ts: what the engine said of it last. */
    seen: jsonb().$type<JsonColumns["trainingLaunches.seen"]>(),
    launchedAt: instant().notNull().defaultNow(),
    /** When its job went on without it. */
    endedAt: instant(),
    /** When the engine no longer kept it. */
    removedAt: instant(),
  },
  (table) => [
    primaryKey({ columns: [table.jobId, table.number] }),
    index("training_launches_kept").on(table.engineId).where(sql`removed_at is null`),
    ofJob("training_launches_job", table),
  ],
);

/** One start of a job. Only the newest one's token is valid. */
export const trainingAttempts = pgTable(
  "training_attempts",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    jobId: text().notNull(),
    /** From 1. */
    number: integer().notNull(),
    /** Launch of the job that it belongs to; an engine may start one launch several times. */
    launch: integer().notNull(),
    state: text({ enum: ["launched", "started", "running", "stopping", "ended"] })
      .notNull()
      .default("launched"),
    /** SHA-256 of the attempt token; null before its start. */
    tokenHash: text(),
    /** The API token that MLflow uses: as long as this attempt is valid. */
    apiTokenId: uuid(),
    host: text().notNull().default(""),
    /** The wrapper's process there: the same one asks again where the answer to its start was lost. */
    process: text().notNull().default(""),
    /** Checkpoint that it began with; null from the start. */
    resumedFrom: uuid(),
    /** Step of that checkpoint, and the highest that was logged. */
    fromStep: bigint({ mode: "number" }),
    lastStep: bigint({ mode: "number" }),
    launchedAt: instant().notNull().defaultNow(),
    startedAt: instant(),
    heartbeatAt: instant(),
    /** Heartbeat of server/improve/training/contract.ts: memory, GPUs, spool. */
    heartbeat: jsonb().$type<JsonColumns["trainingAttempts.heartbeat"]>(),
    /** EndReport of server/improve/training/contract.ts: what the wrapper said of its end; null until then. */
    report: jsonb().$type<JsonColumns["trainingAttempts.report"]>(),
    /** Since when heartbeats are missing; null while they come. */
    silentSince: instant(),
    fencedAt: instant(),
    endedAt: instant(),
    exitCode: integer(),
    signal: text(),
    cause: text(),
    message: text(),
    /** Whether its machine was a spot machine, and the kind that the price book names; for cost. */
    machine: jsonb().$type<JsonColumns["trainingAttempts.machine"]>(),
    /** ReproducibilityRecord of server/improve/training/contract.ts, written once at its start. */
    record: jsonb().$type<JsonColumns["trainingAttempts.record"]>(),
    /** Bytes of its log so far, and how many the wrapper had to drop. */
    logBytes: bigint({ mode: "number" }).notNull().default(0),
    logDropped: bigint({ mode: "number" }).notNull().default(0),
    /** Checkpoints that did not match their digests at its start. */
    tornCheckpoints: integer().notNull().default(0),
  },
  (table) => [
    unique("training_attempts_id").on(table.workspaceId, table.id),
    uniqueIndex("training_attempts_number").on(table.jobId, table.number),
    index("training_attempts_open").on(table.workspaceId, table.jobId).where(sql`state <> 'ended'`),
    uniqueIndex("training_attempts_token").on(table.tokenHash),
    ofJob("training_attempts_job", table),
  ],
);

/** A complete checkpoint: its files lie in the artifact store by hash, this row is their manifest. */
export const trainingCheckpoints = pgTable(
  "training_checkpoints",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    jobId: text().notNull(),
    attemptId: uuid().notNull(),
    /** Order of arrival within the job, from 1. */
    seq: integer().notNull(),
    /** Name of its entry in the folder. */
    name: text().notNull(),
    framework: text().notNull().default(""),
    step: bigint({ mode: "number" }),
    /** CheckpointFile[] of server/improve/training/contract.ts. */
    files: jsonb().$type<JsonColumns["trainingCheckpoints.files"]>().notNull(),
    sizeBytes: bigint({ mode: "number" }).notNull(),
    /** When the newest of its files was written, by the clock of its machine, which its metrics have as well; null from older wrappers. */
    savedAt: instant(),
    /** Metrics of the run when it was saved, by key: see server/improve/training/checkpoints/points-when-saved.ts. */
    metrics: jsonb().$type<Record<string, number>>().notNull().default({}),
    /** Seconds that the program took to write it, and the wrapper to send it. */
    savedSeconds: doublePrecision(),
    sentSeconds: doublePrecision(),
    createdAt: instant().notNull().defaultNow(),
    /** A wrapper restored it with equal digests. */
    verifiedAt: instant(),
    /** Its files did not match their digests. */
    tornAt: instant(),
    removedAt: instant(),
  },
  (table) => [
    uniqueIndex("training_checkpoints_seq").on(table.jobId, table.seq),
    ofJob("training_checkpoints_job", table),
  ],
);

/** What a program printed, compressed, in the order of its bytes. Chunks of an attempt neither overlap nor leave a gap. */
export const trainingLogChunks = pgTable(
  "training_log_chunks",
  {
    workspaceId: uuid().notNull(),
    attemptId: belongsTo(() => trainingAttempts.id),
    /** Bytes of the attempt's log before this chunk. */
    start: bigint({ mode: "number" }).notNull(),
    bytes: integer().notNull(),
    /** Lines that end before this chunk, and within it. */
    firstLine: bigint({ mode: "number" }).notNull(),
    lines: integer().notNull(),
    at: instant().notNull().defaultNow(),
    data: bytes().notNull(),
  },
  (table) => [primaryKey({ columns: [table.attemptId, table.start] })],
);

/** What a team may use at once, over all engines, and its share; the row without a team is for the whole workspace. Null: no limit. */
export const trainingQuotas = pgTable(
  "training_quotas",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    teamId: uuid().references(() => teams.id, { onDelete: "cascade" }),
    maxJobs: integer(),
    gpus: integer(),
    cores: doublePrecision(),
    /** Its part of the machines where several teams wait, relative to that of others. */
    weight: doublePrecision().notNull().default(1),
    setBy: text().notNull(),
    setAt: instant().notNull().defaultNow(),
  },
  (table) => [unique("training_quotas_team").on(table.workspaceId, table.teamId).nullsNotDistinct()],
);

/** Results of steps by the content of what they were made from. docs/spec/training.md section 12. */
export const trainingCache = pgTable(
  "training_cache",
  {
    workspaceId: ofWorkspace(),
    /** SHA-256 of step, code, parameters, inputs and environment. */
    key: text().notNull(),
    step: text().notNull(),
    /** running: another job computes it now; done: it can be used. A failure is not kept. */
    state: text({ enum: ["running", "done"] }).notNull(),
    jobId: text().notNull(),
    /** What came out: a dataset version, or an artifact. */
    output: jsonb().$type<JsonColumns["trainingCache.output"]>(),
    sizeBytes: bigint({ mode: "number" }).notNull().default(0),
    seconds: doublePrecision(),
    createdAt: instant().notNull().defaultNow(),
    usedAt: instant().notNull().defaultNow(),
    uses: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.key] }), index("training_cache_used").on(table.usedAt)],
);
