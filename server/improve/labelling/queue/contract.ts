import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { RankFactors, TaskSource } from "../contract.ts";

/** A place in a queue: tasks before it were answered or held by the person when it was reached. */
export const QueueCursor = z.object({
  rank: z.number(),
  task: z.number().int(),
  /** When the queue was last sought from its start, in milliseconds since 1970. */
  at: z.number(),
});
export type QueueCursor = z.infer<typeof QueueCursor>;

/** Tasks that a person may hold at once: the one on screen and the next one. */
export const maxHeld = 2;

/** Largest number of waiting tasks that is counted for a person. */
export const maxWaiting = 500;

const id = z.number().int().min(1);

export const NextLabelTask = z.object({
  projectId: id,
  /** A source whose tasks are wanted; null: all, by their order. */
  queue: TaskSource.nullable().default(null),
  /** Tasks that the caller already shows. */
  except: z.array(id).max(100).default([]),
});
export type NextLabelTask = z.input<typeof NextLabelTask>;

/** A task as its annotator sees it: nothing of what others answered, what is predicted, or whether it is a gold item. */
export const GivenTask = z.object({
  id,
  projectId: id,
  item: z.string(),
  data: z.record(z.string(), z.unknown()),
  source: TaskSource,
  reason: z.string(),
  guideline: z.number().int(),
  groupKey: z.string().nullable(),
  requestId: z.string().nullable(),
  expiresAt: z.date(),
  priority: z
    .object({ drift: z.number(), weight: z.number(), drifted: z.array(z.string()) })
    .nullable()
    .describe("Ranking factors that say nothing of the prediction; null for tasks without them."),
  hiddenFields: z.array(z.string()).describe("Fields shown on request; requests are recorded."),
  isBlind: z.boolean().describe("Whether predictions are hidden for this task, although the project shows them."),
});
export type GivenTask = z.infer<typeof GivenTask>;

/** The next task of a project with why it is: gain × drift × weight / (1 + twins). */
export const FirstInQueue = z.object({
  id,
  projectId: id,
  item: z.string(),
  data: z.record(z.string(), z.unknown()),
  source: TaskSource,
  reason: z.string(),
  factors: RankFactors.nullable(),
});
export type FirstInQueue = z.infer<typeof FirstInQueue>;

export const NextTask = z.object({
  task: GivenTask.nullable(),
  held: z.number().int().describe("Tasks leased to you, including this one."),
  heldByOthers: z.number().int().describe("Tasks leased by others; counted only if there is none for you."),
  skipped: z.number().int().describe("Tasks that you skipped within the last hour; counted only where there is none."),
  paused: z.string().nullable().describe("Why you or the project are paused; null if you may continue."),
});
export type NextTask = z.infer<typeof NextTask>;

export const HeldTask = z.object({ projectId: id, taskId: id });
export type HeldTask = z.input<typeof HeldTask>;

export const RenewLabelLeases = z.object({ projectId: id, taskIds: z.array(id).min(1).max(limits.listLength) });
export type RenewLabelLeases = z.input<typeof RenewLabelLeases>;

export const RenewedLeases = z.object({
  expiresAt: z.date(),
  lost: z.array(id).describe("Tasks no longer leased to you. Their answers are stored nevertheless."),
});
export type RenewedLeases = z.infer<typeof RenewedLeases>;
