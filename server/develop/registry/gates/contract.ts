import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { GateSetting } from "../policy/contract.ts";

const Interval = z.object({ low: z.number(), high: z.number() });
export type Interval = z.infer<typeof Interval>;

/** Evidence behind a gate's verdict. */
export const GateEvidence = z.object({
  /** On which side of the limit `measured` has to be; null when it is no number. */
  better: z.enum(["higher", "lower"]).nullable(),
  /** "proportion" is shown in percent. */
  scale: z.enum(["proportion", "number"]),
  /** Interval of `measured`; null when its uncertainty is not known. */
  interval: Interval.nullable(),
  /** Description of the method that computed the intervals. */
  method: z.string().nullable(),
  facts: z.array(z.object({ label: z.string(), value: z.string() })),
  /** Files and pipelines of the version, and of the champion if it was compared, where others make it stale. */
  files: z.object({ version: z.string(), champion: z.string().nullable() }).optional(),
  /** Evaluations that it waits for. */
  waitsFor: z.array(z.uuid()).optional(),
  /** Evaluations that ended without a result. Once they are run again, the gate is, too. */
  endedRuns: z.array(z.uuid()).optional(),
});
export type GateEvidence = z.infer<typeof GateEvidence>;

/** pending: the gate cannot be evaluated, and `words` says what is missing. */
const gateVerdicts = ["passed", "failed", "pending"] as const;
export type GateVerdict = (typeof gateVerdicts)[number];

/** Result of evaluating a gate. */
export interface GateResult {
  verdict: GateVerdict;
  /** One sentence with what was measured and the limit. */
  words: string;
  measured: number | null;
  limit: number | null;
  evidence: GateEvidence;
}

export const GateRun = z.object({
  id: z.number().int(),
  gate: z.string(),
  verdict: z.enum(gateVerdicts),
  words: z.string(),
  measured: z.number().nullable(),
  limit: z.number().nullable(),
  evidence: GateEvidence,
  settings: GateSetting,
  /** The version that the alias pointed at then; null when it pointed at nothing. */
  baselineVersion: z.number().int().nullable(),
  actorName: z.string(),
  at: z.date(),
});
export type GateRun = z.infer<typeof GateRun>;

export const GateWaiver = z.object({
  gate: z.string(),
  reason: z.string(),
  until: z.date(),
  actorName: z.string(),
  at: z.date(),
});
export type GateWaiver = z.infer<typeof GateWaiver>;

/** stale: its evidence is about another champion, or other settings, than those of now. */
const gateStatuses = ["passed", "failed", "pending", "waived", "stale", "not-run"] as const;
export type GateStatus = (typeof gateStatuses)[number];

/** One line of a checklist for one version. */
export const GateLine = z.object({
  gate: z.string(),
  title: z.string(),
  setting: GateSetting,
  standing: z.enum(gateStatuses),
  /** The newest run; null when there is none. */
  run: GateRun.nullable(),
  waiver: GateWaiver.nullable(),
});
export type GateLine = z.infer<typeof GateLine>;

/** State of one version on the checklist of its model. */
export const Checklist = z.object({
  version: z.number().int(),
  /** Alias whose version it is compared with. */
  alias: z.string(),
  /** Whether every gate has passed or is waived. */
  isClear: z.boolean(),
  gates: z.array(GateLine),
});
export type Checklist = z.infer<typeof Checklist>;

/** State of a version's checklist before it takes traffic of an endpoint. */
export const RolloutChecklist = Checklist.extend({
  model: z.string(),
  /** Whether the model's policy keeps a version from serving until every gate has passed or is waived. */
  isEnforced: z.boolean(),
  /** Reason with which the policy rejects the start of a rollout; null when it allows the start. */
  refusal: z.string().nullable(),
});
export type RolloutChecklist = z.infer<typeof RolloutChecklist>;

export const GetRolloutChecklist = z.object({
  endpointId: z.uuid(),
  /** The model of the version that serves when it is left out. */
  model: z.string().min(1).optional(),
  version: z.number().int().min(1),
});
export type GetRolloutChecklist = z.infer<typeof GetRolloutChecklist>;

/** Defaults to the first alias that the policy protects, else champion. */
const AliasOrMain = z.string().optional();

export const GetChecklist = z.object({ name: z.string(), version: z.number().int(), alias: AliasOrMain });
export type GetChecklist = z.infer<typeof GetChecklist>;

export const ListChecklists = z.object({
  name: z.string(),
  versions: z.array(z.number().int()).max(500),
  alias: AliasOrMain,
});
export type ListChecklists = z.infer<typeof ListChecklists>;

export const GateKey = z.object({
  name: z.string(),
  version: z.number().int(),
  alias: z.string().max(limits.nameLength),
});
export type GateKey = z.infer<typeof GateKey>;

export const WaiveGate = GateKey.extend({
  gate: z.string().max(limits.nameLength),
  reason: z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2000),
  /** The day on which it ends. */
  until: z.date(),
});
export type WaiveGate = z.infer<typeof WaiveGate>;
