import { z } from "zod";
import { noControlCharacters } from "#server/base/text/control-characters.ts";
import {
  AlertSeverity,
  BudgetBand,
  BudgetReading,
  BurnRules,
  Period,
  SloCondition,
  SloDefinition,
  SloState,
  TierReading,
} from "../../objectives/contract.ts";
import type { IndicatorKind } from "../../objectives/indicators/contract.ts";
import { BudgetAdjustment } from "../adjustments/contract.ts";
import { BudgetApproval } from "../approvals/contract.ts";

/** Name as required by OpenSLO (RFC 1123). */
const SloName = z
  .string()
  .trim()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'Use at most 63 lower-case letters, digits and hyphens, not starting or ending with a hyphen, for example "churn-availability".',
  );

/** Definition as users submit it: the service defaults to the endpoint's name, and the rules to the standard rules of the period. */
export const SloDraft = SloDefinition.extend({
  displayName: SloDefinition.shape.displayName.unwrap().check(noControlCharacters).default(""),
  service: SloDefinition.shape.service.check(noControlCharacters).optional(),
  indicator: SloDefinition.shape.indicator.default(null),
  rules: BurnRules.optional(),
});
export type SloDraft = z.input<typeof SloDraft>;

const Reason = z.string().trim().max(2000);
const NeededReason = Reason.min(1, "Give a reason. Others will rely on it later.");

export const CreateSlo = z.object({
  name: SloName,
  definition: SloDraft,
  /** Team to page; without one, the team of the endpoint or of its model. */
  teamId: z.uuid().nullable().default(null),
  runbookId: z.uuid().nullable().default(null),
  reason: Reason.default(""),
});
export type CreateSlo = z.input<typeof CreateSlo>;

/** Omitted fields stay unchanged. `revision` is the edited one: any other is a conflict. */
export const UpdateSlo = z.object({
  sloId: z.uuid(),
  revision: z.number().int().optional(),
  definition: SloDraft.optional(),
  teamId: z.uuid().nullable().optional(),
  runbookId: z.uuid().nullable().optional(),
  reason: NeededReason,
});
export type UpdateSlo = z.input<typeof UpdateSlo>;

export const ActOnSlo = z.object({ sloId: z.uuid(), reason: NeededReason });
export type ActOnSlo = z.input<typeof ActOnSlo>;

/** Name or ID of the SLO. */
export const GetSlo = z.object({ slo: z.string().min(1).max(63) });
export type GetSlo = z.input<typeof GetSlo>;

const sloKinds = [
  "availability",
  "latency",
  "freshness",
  "feature-freshness",
  "view-lag",
  "realised-quality",
  "label-timeliness",
  "primary-answered",
  "cost",
  "estimated-quality",
  "drift-budget",
  "data-quality",
  "posted",
  "foreign",
  "composite",
] as const satisfies readonly (IndicatorKind | "composite")[];

export const ListSlos = z.object({
  endpointId: z.uuid().optional(),
  /** Also matches the team that an SLO inherits from its endpoint or model. */
  teamId: z.uuid().optional(),
  band: BudgetBand.optional(),
  kind: z.enum(sloKinds).optional(),
  /** Part of the name, the shown name or the service. */
  search: z.string().trim().max(200).optional(),
  /** Only archived ones; without it, only those that are not. */
  isArchived: z.boolean().default(false),
});
export type ListSlos = z.input<typeof ListSlos>;

const Named = z.object({ id: z.uuid(), name: z.string() });

/** Requirements missing before its pages reach someone who can act. */
export const sloLacks = ["owner", "runbook"] as const;
export type SloLack = (typeof sloLacks)[number];

export const SloSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  displayName: z.string(),
  service: z.string(),
  endpointId: z.uuid().nullable(),
  endpoint: z.string().nullable(),
  kind: z.enum(sloKinds),
  /** Description of the SLI, as a sentence. */
  indicatorWords: z.string(),
  target: z.number(),
  period: Period,
  method: z.enum(["occurrences", "timeslices", "ratio-timeslices"]),
  /** Team to page: its own, or that of its endpoint or model. */
  team: Named.nullable(),
  runbook: Named.nullable(),
  missing: z.array(z.enum(sloLacks)),
  /** Whether any of its rules pages. */
  pages: z.boolean(),
  /** Whether changes to its endpoint are frozen when its budget is exhausted. */
  freezes: z.boolean(),
  revision: z.number().int(),
  createdBy: z.string(),
  createdAt: z.date(),
  updatedAt: z.date(),
  pausedAt: z.date().nullable(),
  archivedAt: z.date().nullable(),
  /** State at the worker's last evaluation; null before the first. */
  evaluatedAt: z.date().nullable(),
  budget: BudgetReading.nullable(),
  /** How it stands, in one word. */
  condition: SloCondition,
  /** Worst severity among the rules that fire. */
  firing: AlertSeverity.nullable(),
  isAbsent: z.boolean(),
  pending: z.number().nullable(),
  knownUntil: z.number().nullable(),
  spark: z.array(z.number().nullable()),
  words: z.array(z.string()),
  /** Approval that currently allows changes. */
  approval: BudgetApproval.nullable(),
});
export type SloSummary = z.infer<typeof SloSummary>;

export const Slo = SloSummary.extend({
  definition: SloDefinition,
  /** Its own team, not an inherited one, for forms. */
  teamId: z.uuid().nullable(),
  runbookId: z.uuid().nullable(),
  tiers: z.array(TierReading),
  absent: SloState.shape.absent,
  /** Warnings about its rules: capped factors, low traffic, a calendar period. */
  warnings: z.array(z.string()),
  /** Components of a composite. */
  parts: z.array(
    Named.extend({
      weight: z.number(),
      remaining: z.number().nullable(),
      band: BudgetBand,
      burnRate: z.number().nullable(),
    }),
  ),
  /** Composites that it is a part of. */
  partOf: z.array(Named),
  adjustments: z.array(BudgetAdjustment),
  /** Newest approvals first, at most 20. */
  approvals: z.array(BudgetApproval),
});
export type Slo = z.infer<typeof Slo>;

export const SloRevision = z.object({
  revision: z.number().int(),
  definition: SloDefinition,
  reason: z.string(),
  changedBy: z.string(),
  at: z.date(),
});
export type SloRevision = z.infer<typeof SloRevision>;

/** Number of SLOs in each band, for tiles and badges. */
export const SloCounts = z.object({
  total: z.number().int(),
  bands: z.record(BudgetBand, z.number().int()),
  paging: z.number().int(),
  ticketing: z.number().int(),
  paused: z.number().int(),
  /** That page, and lack an owner or a runbook. */
  lacking: z.number().int(),
});
export type SloCounts = z.infer<typeof SloCounts>;
