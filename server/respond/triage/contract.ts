import { z } from "zod";
import { Verdict } from "#server/alerting/alerts/contract.ts";
import { VersionBlock } from "#server/release/endpoints/blocks/contract.ts";
import { LikelyCause } from "#server/respond/cause/contract.ts";
import { TriageSegments } from "#server/respond/cause/segments/contract.ts";
import { Change } from "#server/respond/changes/contract.ts";
import { IncidentSeverity, IncidentState } from "#server/respond/incidents/contract.ts";
import { FoldChoices } from "#server/respond/incidents/folding/contract.ts";
import { StageView } from "#server/respond/incidents/stages/contract.ts";
import { NextEscalation } from "#server/respond/oncall/escalation/contract.ts";
import { Finding } from "#server/watch/monitoring/contract.ts";
import { DriftRow } from "#server/watch/monitoring/drift/report/contract.ts";
import { EndpointFreeze } from "#server/watch/slo/freezes/contract.ts";
import { TriageAction } from "./advice/contract.ts";
import { maxRangeMinutes, minRangeMinutes, queueFilters } from "./constants.ts";
import { TriageNumbers, TriageSlo } from "./numbers/contract.ts";
import { Receipt } from "./receipt.ts";
import { RecoveryCheck } from "./recovery-checks.ts";

export const QueueFilter = z.enum(queueFilters);
export type QueueFilter = z.infer<typeof QueueFilter>;

/** unacknowledged: firing without an owner; quiet: nothing fires any more, and its incident is still open. */
const queueStates = ["unacknowledged", "acknowledged", "silenced", "quiet"] as const;

/** One line of the queue: an incident with its alert groups, or a group without one. Times are milliseconds since 1970. */
export const QueueRow = z.object({
  /** Id of the incident where there is one, else of the group. */
  id: z.uuid(),
  /** Unacknowledged page, or else the group, with the highest burn rate; null for an incident without alerts. */
  groupId: z.uuid().nullable(),
  /** Groups of the line that fire unmuted and that nobody has acknowledged: acknowledging the line acknowledges all of them. */
  unacknowledgedGroupIds: z.array(z.uuid()),
  incident: z.object({ number: z.number().int(), state: IncidentState, severity: IncidentSeverity }).nullable(),
  /** Stage of the incident with its sentence; null without an incident. */
  stage: StageView.nullable(),
  severity: z.enum(["page", "ticket"]),
  state: z.enum(queueStates),
  service: z.string(),
  endpointId: z.uuid().nullable(),
  /** Title of the incident, or of its alerts: the same words as in messages. */
  title: z.string(),
  /** The title without the name of the service. */
  cause: z.string(),
  /** Game day whose fault it may be: one that ran at its endpoint when it began. Null where there is none, or only its owner may know. */
  gameDay: z.object({ number: z.number().int() }).nullable(),
  startedAt: z.number(),
  burn: z.number().nullable(),
  /** Share of the traffic that is affected. */
  reach: z.number().nullable(),
  owner: z.object({ name: z.string(), at: z.number(), alsoInvestigating: z.array(z.string()) }).nullable(),
  /** Time of the next escalation, unless someone acknowledges it. */
  nextEscalationAt: z.number().nullable(),
  nextFlushAt: z.number().nullable(),
  silencedUntil: z.number().nullable(),
  /** Alerts that fire, in so many groups. */
  alerts: z.number().int(),
  groups: z.number().int(),
  verdict: Verdict.nullable(),
});
export type QueueRow = z.infer<typeof QueueRow>;

export const ClosedRow = z.object({
  id: z.uuid(),
  incidentNumber: z.number().int().nullable(),
  groupId: z.uuid().nullable(),
  service: z.string(),
  cause: z.string(),
  closedAt: z.number(),
});
export type ClosedRow = z.infer<typeof ClosedRow>;

export const ListQueue = z.object({
  filter: QueueFilter.default("all"),
  /** Id of a team: only lines that concern what it owns. */
  team: z.uuid().optional(),
  limit: z.number().int().min(1).max(500).default(100),
  cursor: z.string().max(100).optional(),
});
export type ListQueue = z.input<typeof ListQueue>;

export const Queue = z.object({
  rows: z.array(QueueRow),
  /** Lines by filter, all of them. */
  counts: z.record(QueueFilter, z.number().int()),
  /** Teams with open lines, those of the reader, and the requested one, by name: the reader's first. */
  teams: z.array(z.object({ id: z.uuid(), name: z.string(), isOwn: z.boolean(), count: z.number().int() })),
  /** Resolved entries of the last day, newest first, at most 20, and their total number. */
  closed: z.array(ClosedRow),
  closedCount: z.number().int(),
  /** Time of the last page; null when there was none. */
  lastPageAt: z.number().nullable(),
  next: z.string().optional(),
});
export type Queue = z.infer<typeof Queue>;

/** Either a group or the number of an incident; a range that ends now, unless `until` says when. */
export const GetTriage = z
  .object({
    groupId: z.uuid().optional(),
    incident: z.number().int().positive().optional(),
    minutes: z.number().int().min(minRangeMinutes).max(maxRangeMinutes).default(120),
    until: z.date().optional(),
    /** Begins the range at the last deployment of the endpoint instead, where it has one. */
    since: z.literal("deploy").optional(),
  })
  .refine(({ groupId, incident }) => (groupId === undefined) !== (incident === undefined), {
    message: "Specify either an alert group or an incident number.",
  });
export type GetTriage = z.input<typeof GetTriage>;

const Similar = z.object({
  number: z.number().int(),
  title: z.string(),
  startedAt: z.date(),
  fixedBy: z.string().nullable(),
  restoredMs: z.number().nullable(),
});

/** All that the board shows of one line. */
export const Triage = z.object({
  row: QueueRow,
  /** Title of the incident, or of the group without one: "card-fraud: 15.6% of requests fail after v2". */
  title: z.string(),
  /** Statements of the SLO about it, in sentences. */
  words: z.array(z.string()),
  startedAt: z.number(),
  /** Time at which its first alert fired. */
  foundAt: z.number(),
  endpoint: z
    .object({
      id: z.uuid(),
      name: z.string(),
      serves: z.string().nullable(),
      /** Time of its last deployment; null where there was none. */
      deployedAt: z.number().nullable(),
    })
    .nullable(),
  /** Labels of a silence for it; the empty text for a label that its alerts must not have. */
  labels: z.record(z.string(), z.string()),
  /** Why people may not have been notified of it, in sentences; empty if nothing failed. */
  deliveryProblems: z.array(z.string()),
  /** What became of the pages about it, newest first. */
  receipts: z.array(Receipt),
  alerts: z.array(
    z.object({
      fingerprint: z.string(),
      title: z.string(),
      startsAt: z.number(),
      isFiring: z.boolean(),
      muted: z.string().nullable(),
    }),
  ),
  slo: TriageSlo.nullable(),
  numbers: TriageNumbers.nullable(),
  changes: z.array(Change),
  cause: LikelyCause,
  segments: TriageSegments.nullable(),
  /** Drift of the endpoint in its newest window. */
  drift: DriftRow.nullable(),
  /** Monitoring findings at the endpoint around the start, nearest to it first: drift explains a page, and never is one. */
  findings: z.array(Finding),
  /** Active rollout of the endpoint. */
  rollout: z
    .object({ id: z.uuid(), stable: z.string(), canary: z.string(), weight: z.number(), revision: z.number().int() })
    .nullable(),
  freeze: EndpointFreeze.nullable(),
  /** What must hold for the incident to be over; empty unless its recovery is watched. */
  recovery: z.array(RecoveryCheck),
  /** Versions that may not serve at the endpoint again until someone unblocks them, newest block first. */
  blocks: z.array(VersionBlock),
  similar: z.array(Similar),
  /** Alert groups that may be split off the incident, and the incidents into which it may be merged; null without an incident. */
  folding: FoldChoices.nullable(),
  nextEscalation: NextEscalation.nullable(),
  runbook: z.object({ id: z.uuid(), subjectId: z.uuid() }).nullable(),
  /** Model of the endpoint that a retraining policy trains again; null without one. */
  retrainedModel: z.string().nullable(),
  actions: z.array(TriageAction),
});
export type Triage = z.infer<typeof Triage>;
