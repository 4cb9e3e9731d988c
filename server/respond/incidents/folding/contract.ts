import { z } from "zod";
import { IncidentSeverity, IncidentState } from "../contract.ts";
import { incidentLinkKinds } from "../links/contract.ts";

const number = z.number().int().positive();
const reason = z.string().trim().min(1, "Give a short reason. Others will rely on it later.").max(2000);

const time = z.number().nullable().optional();

/** What a merge changes of an incident. Times are milliseconds since 1970. Older rows lack the optional ones: they are not undone. */
const Shape = z.object({
  severity: IncidentSeverity,
  startedAt: z.number(),
  detectedAt: z.number(),
  endpointId: z.uuid().nullable(),
  state: IncidentState.optional(),
  pagedAt: time,
  acknowledgedAt: time,
  mitigatedAt: time,
});

/** Of which incident another one is a part, and what that changed, so that splitting it off undoes it. */
export const Merger = z.object({
  /** Number of the incident that has its alerts. */
  into: number,
  /** Milliseconds since 1970. */
  at: z.number(),
  /** Number of the newest event on the timeline of that incident then; older rows lack it. */
  eventId: z.number().optional(),
  /** State before. */
  state: IncidentState,
  /** Links that the other incident got from it. */
  links: z.array(z.object({ kind: z.enum(incidentLinkKinds), ref: z.string() })),
  /** Its facts that were still to be attached. */
  factsDue: z.enum(["facts", "facts-and-start"]).nullable().optional(),
  /** The other incident before and after. */
  before: Shape,
  after: Shape,
});
export type Merger = z.infer<typeof Merger>;

export const MergeIncident = z.object({
  /** The incident that becomes a part of the other. */
  number,
  /** Number of the incident that goes on. */
  into: number,
  reason,
  revision: z.number().int().optional(),
});
export type MergeIncident = z.input<typeof MergeIncident>;

/** Either groups of alerts, or an incident that was merged into this one. */
export const SplitIncident = z.object({
  number,
  groupIds: z.array(z.uuid()).max(500).default([]),
  /** Number of the merged incident that becomes one of its own again. */
  merged: number.optional(),
  reason,
});
export type SplitIncident = z.input<typeof SplitIncident>;

/** What may be split off an incident, and into which it may be merged. */
export const FoldChoices = z.object({
  groups: z.array(
    z.object({
      id: z.uuid(),
      title: z.string(),
      service: z.string(),
      isFiring: z.boolean(),
      /** Number of the merged incident with which it came; null for others. */
      from: z.number().int().nullable(),
    }),
  ),
  /** Other open incidents, newest first. */
  others: z.array(z.object({ number: z.number().int(), title: z.string() })),
});
export type FoldChoices = z.infer<typeof FoldChoices>;
