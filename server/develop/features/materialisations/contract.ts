import { z } from "zod";
import { limits } from "#server/base/limits.ts";

const name = z.string().max(limits.nameLength);
const Time = z.string().max(100);

/** Share of rejected rows above which a materialisation fails, unless its source has another. */
export const defaultMaxRejectedShare = 0.1;
/** Rejected rows that are kept with their reason, of one materialisation; more are only counted. */
export const maxKeptRejects = 1_000;

/** Event time of the first row there can be: the least whole number of microseconds that JavaScript holds exactly. */
export const firstEventUs = Number.MIN_SAFE_INTEGER;

export const StartMaterialisation = z.object({
  view: name,
  /** First event time to read, ISO 8601 (UTC without an offset); null: the first row. Left out: where the last one ended, or the first row. */
  from: Time.nullable().optional(),
  /** Last event time to read, which is included. Left out: now. */
  to: Time.optional(),
  /** Cancels the one that is under way; without it that is a conflict. */
  restart: z.boolean().default(false),
});
export type StartMaterialisation = z.input<typeof StartMaterialisation>;

/** Materialisations of several views, as Feast's clients ask for them. */
export const StartMaterialisations = z.object({
  /** Null: all views. */
  views: z.array(name).max(limits.listLength).nullable(),
  /** Null: the first row. "last": where the last one ended, else one TTL ago, else the first row. */
  from: z.union([z.literal("last"), Time]).nullable(),
  /** Null: now. */
  to: Time.nullable(),
  restart: z.boolean().default(false),
  /** Joins one that is under way and reads the same range, for callers that wait for its end and send their request again. */
  joins: z.boolean().default(false),
});
export type StartMaterialisations = z.input<typeof StartMaterialisations>;

/** What a materialisation reads, fixed when it is requested. */
export const MaterialisationInput = z.object({
  /** Name of the source. */
  source: z.string(),
  kind: z.enum(["file", "dataset", "sql", "predictions"]),
  /** Version of a dataset. */
  dataset: z.object({ id: z.uuid(), name: z.string(), digest: z.string() }).optional(),
  /** File in the artifact store, relative to the workspace. */
  path: z.string().optional(),
  /** Name of a stored connection. */
  connection: z.string().optional(),
  /** Name of an endpoint. */
  endpoint: z.string().optional(),
});
export type MaterialisationInput = z.infer<typeof MaterialisationInput>;

/** Where the next runner continues: everything before was read. */
export const MaterialisationCheckpoint = z.object({
  /** Version of the view and fingerprint of the file. If they are others, everything is read again. */
  of: z.string(),
  /** Rows that were read: of the file, or of those at `eventAt`. */
  row: z.number().int(),
  /** Event time of the last row, where rows come in the order of their events; null for files. */
  eventAt: z.number().nullable(),
});
export type MaterialisationCheckpoint = z.infer<typeof MaterialisationCheckpoint>;

const materialisationStates = ["waiting", "running", "done", "failed", "cancelled"] as const;
const materialisationTriggers = ["request", "interval", "dataset-version"] as const;

export const Materialisation = z.object({
  id: z.uuid(),
  view: z.string(),
  /** Who wanted it: a person or client, the interval of the source, or a new version of its dataset. */
  trigger: z.enum(materialisationTriggers),
  input: MaterialisationInput.nullable(),
  fromEventAt: z.number().nullable().describe("First event time, in microseconds since 1970; null from the first row."),
  toEventAt: z.number().describe("Last event time, in microseconds since 1970."),
  state: z.enum(materialisationStates),
  rowsTotal: z.number().int().nullable().describe("Rows of the range; null where the source is not counted."),
  rowsRead: z.number().int(),
  rowsWritten: z.number().int().describe("Rows that became the newest of their keys."),
  rowsOlder: z.number().int().describe("Rows that went to the history only: the view has newer ones."),
  rowsRejected: z.number().int(),
  rowsPerSecond: z.number().nullable().describe("Null before the first rows."),
  secondsLeft: z.number().nullable().describe("Estimate from the rows so far; null unless it runs."),
  problem: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  endedAt: z.date().nullable(),
});
export type Materialisation = z.infer<typeof Materialisation>;

export const ListMaterialisations = z.object({
  view: name.optional(),
  state: z.enum(materialisationStates).optional(),
  limit: z.number().int().min(1).max(500).default(100),
});
export type ListMaterialisations = z.input<typeof ListMaterialisations>;

/** A row that broke the contract of its view. */
export const FeatureReject = z.object({
  id: z.number().int(),
  view: z.string(),
  materialisation: z.uuid().nullable(),
  at: z.date(),
  /** What sent it. */
  origin: z.string(),
  /** Cells by column, as they came; long ones are shortened. */
  row: z.record(z.string(), z.unknown()),
  column: z.string().nullable(),
  reason: z.string(),
});
export type FeatureReject = z.infer<typeof FeatureReject>;

export const ListFeatureRejects = z.object({
  view: name.optional(),
  materialisation: z.uuid().optional(),
  limit: z.number().int().min(1).max(1_000).default(100),
});
export type ListFeatureRejects = z.input<typeof ListFeatureRejects>;
