import { z } from "zod";

/** Cost and usage of a version behind an endpoint on one day. Amounts are in the currency of the ledger. */
export const DaySpend = z.object({
  /** Day in the time zone of the ledger: "2026-05-13". An hour of usage belongs to the day in which it starts. */
  day: z.string(),
  endpointId: z.string(),
  versionId: z.string(),
  arm: z.enum(["stable", "canary", "shadow"]),
  /** Cost of runs on gateway machines, by core and GPU time. */
  compute: z.number(),
  /** Its share of the idle cost of machines. */
  idle: z.number(),
  /** Cost of requests to external engines. */
  engine: z.number(),
  requests: z.number(),
  /** Requests that received an output, from the model or without it. */
  answered: z.number(),
  /** Rows predicted by a run of the model. */
  rows: z.number(),
  shared: z.number(),
  coreMs: z.number(),
  gpuMs: z.number(),
  /** Core- and GPU-milliseconds, and requests to engines, that had no price in this currency. */
  unpriced: z.number(),
});
export type DaySpend = z.infer<typeof DaySpend>;

/** Cost of a machine on one day, and the workspace's share of it. */
export const MachineDay = z.object({
  day: z.string(),
  machine: z.string(),
  kind: z.string(),
  /** Cost of the complete machine. */
  cost: z.number(),
  /** The workspace's: its runs and its part of the waiting. */
  compute: z.number(),
  idle: z.number(),
  /** Hours of cores and of GPUs that it had, and that ran models, of all workspaces. */
  coreHours: z.number(),
  coreBusyHours: z.number(),
  gpuHours: z.number(),
  gpuBusyHours: z.number(),
});
export type MachineDay = z.infer<typeof MachineDay>;

/** Bytes stored by the workspace on a day, and their cost. */
export interface StorageDay {
  day: string;
  kind: string;
  bytes: number;
  cost: number;
}

/** Training run that reported its hardware, or one attempt of a training job. */
export interface TrainingSpend {
  runId: string;
  runName: string;
  experiment: string;
  /** Day on which it started. */
  day: string;
  hours: number;
  cores: number | null;
  gpus: number | null;
  /** Null where it has no price. */
  cost: number | null;
}

/** A span of time, in full days of a time zone: `to` is the first day after it. */
export interface DaySpan {
  from: string;
  to: string;
  /** An IANA name. */
  timeZone: string;
}

/** An estimate with the range that holds it in 80 of 100 cases. */
export const Forecast = z.object({ value: z.number(), low: z.number(), high: z.number() });
export type Forecast = z.infer<typeof Forecast>;
