import { z } from "zod";

/** What a version behind an endpoint cost on one day, and what it did. Money is in the currency of the ledger. */
export const DaySpend = z.object({
  /** In the zone of the ledger: "2026-05-13". An hour of use belongs to the day in which it begins. */
  day: z.string(),
  endpointId: z.string(),
  versionId: z.string(),
  arm: z.enum(["stable", "canary", "shadow"]),
  /** Of runs on machines of gateways, by what they took of cores and GPUs. */
  compute: z.number(),
  /** Its part of what machines cost while they waited. */
  idle: z.number(),
  /** Of requests to engines elsewhere. */
  engine: z.number(),
  requests: z.number(),
  /** Requests that got an answer, from the model or without it. */
  answered: z.number(),
  /** Answered by a run of the model. */
  rows: z.number(),
  shared: z.number(),
  coreMs: z.number(),
  gpuMs: z.number(),
  /** Core- and GPU-milliseconds, and requests to engines, that had no price in this currency. */
  unpriced: z.number(),
});
export type DaySpend = z.infer<typeof DaySpend>;

/** What a machine cost on one day, and the part of it that is the workspace's. */
export const MachineDay = z.object({
  day: z.string(),
  machine: z.string(),
  kind: z.string(),
  /** Of the whole machine. */
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

/** Bytes that the workspace kept on a day, and what they cost. */
export interface StorageDay {
  day: string;
  kind: string;
  bytes: number;
  cost: number;
}

/** A training run that told what it ran on. */
export interface TrainingSpend {
  runId: string;
  runName: string;
  experiment: string;
  /** Day on which it began. */
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
