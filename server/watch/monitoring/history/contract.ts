import { z } from "zod";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { Instant } from "#server/base/instant.ts";
import type { SpanState } from "../state/contract.ts";

const grains = ["minute", "hour", "day"] as const;
export type Grain = (typeof grains)[number];

/** Key under which states are stored, in Postgres and before. */
export interface StateKey {
  workspaceId: string;
  endpointId: string;
  versionId: string;
  arm: "stable" | "canary" | "shadow";
  /** "" for all rows, else "name=value". */
  segment: string;
  profileId: string;
}

/** Counts of one key in one minute. */
export interface PackedMinute extends StateKey {
  /** Milliseconds since 1970. */
  start: number;
  rows: number;
  state: Buffer;
}

/** Query for states. */
export const StateQuestion = z.object({
  endpointId: z.uuid(),
  /** The one with the newest rows when it is left out. */
  versionId: z.uuid().optional(),
  /** The version's one with the newest rows when it is left out: states of two references are never one. */
  profileId: z.uuid().optional(),
  /** Both stable and canary, which served clients, when omitted. */
  arm: z.enum(["stable", "canary", "shadow"]).optional(),
  /** "" is all rows. */
  segment: z.string().default(""),
  from: Instant,
  to: Instant,
  /** Names of the requested features; all if omitted. */
  features: z.array(z.string()).optional(),
  /** Whether to return scores. */
  scores: z.boolean().default(true),
});
export type StateQuestion = z.input<typeof StateQuestion>;

const maxStepMs = 31 * dayMs;

export const StateSeriesQuestion = StateQuestion.extend({
  /** Milliseconds: full minutes that divide an hour or a day, or full days. */
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
  from: Instant,
  to: Instant,
});
export type ListSegments = z.input<typeof ListSegments>;

/** A time range, as far as it is stored: it may be wider than requested if minutes or hours are already deleted. */
export interface ReadSpan {
  versionId: string;
  profileId: string;
  from: Date;
  to: Date;
  rows: number;
  /** By index in the profile; features that were not requested are undefined. */
  state: SpanState;
}

export interface StateSeries {
  versionId: string;
  profileId: string;
  stepMs: number;
  /** In time order; a step without rows is not there. */
  points: { start: Date; rows: number; state: SpanState }[];
}
