import { z } from "zod";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import type { SpanState } from "../state/contract.ts";

const grains = ["minute", "hour", "day"] as const;
export type Grain = (typeof grains)[number];

/** What states are kept by, in Postgres and before. */
export interface StateKey {
  workspaceId: string;
  endpointId: string;
  versionId: string;
  arm: "stable" | "canary" | "shadow";
  /** "" for all rows, else "name=value". */
  segment: string;
  profileId: string;
}

/** What was counted of one key in one minute. */
export interface PackedMinute extends StateKey {
  /** Milliseconds since 1970. */
  start: number;
  rows: number;
  state: Buffer;
}

/** Which states are asked for. */
export const StateQuestion = z.object({
  endpointId: z.uuid(),
  /** The one with the newest rows when it is left out. */
  versionId: z.uuid().optional(),
  /** The version's one with the newest rows when it is left out: states of two references are never one. */
  profileId: z.uuid().optional(),
  /** What clients were answered by, stable and canary, when it is left out. */
  arm: z.enum(["stable", "canary", "shadow"]).optional(),
  /** "" is all rows. */
  segment: z.string().default(""),
  from: z.coerce.date(),
  to: z.coerce.date(),
  /** Names of the features that are wanted; all when left out. */
  features: z.array(z.string()).optional(),
  /** Whether scores are wanted. */
  scores: z.boolean().default(true),
});
export type StateQuestion = z.input<typeof StateQuestion>;

const maxStepMs = 31 * dayMs;

export const StateSeriesQuestion = StateQuestion.extend({
  /** Milliseconds: whole minutes, dividing an hour or a day, or whole days. */
  stepMs: z.number().int().min(minuteMs).max(maxStepMs),
})
  .refine(
    ({ stepMs }) => stepMs % dayMs === 0 || (stepMs % minuteMs === 0 && dayMs % stepMs === 0),
    "The step must be a fraction of a day in whole minutes, or whole days.",
  )
  .refine(
    ({ from, to, stepMs }) => (to.getTime() - from.getTime()) / stepMs <= 2000,
    "At most 2,000 steps; use a longer step.",
  );
export type StateSeriesQuestion = z.input<typeof StateSeriesQuestion>;

export const ListSegments = z.object({
  endpointId: z.uuid(),
  versionId: z.uuid().optional(),
  from: z.coerce.date(),
  to: z.coerce.date(),
});
export type ListSegments = z.input<typeof ListSegments>;

/** A span, as far as it was kept: its ends may lie further out than was asked, where minutes or hours are gone already. */
export interface ReadSpan {
  versionId: string;
  profileId: string;
  from: Date;
  to: Date;
  rows: number;
  /** By place in the profile; those that were not asked for are undefined. */
  state: SpanState;
}

export interface StateSeries {
  versionId: string;
  profileId: string;
  stepMs: number;
  /** In time order; a step without rows is not there. */
  points: { start: Date; rows: number; state: SpanState }[];
}
