import { z } from "zod";
import { CauseKind, IncidentSeverity, IncidentState } from "../contract.ts";

export const FindSimilar = z.object({
  endpointId: z.uuid().nullable().default(null),
  /** "slo:<id>", "rule:<id>" or "external:<alertname>". */
  ruleKey: z.string().max(500).optional(),
  /** Name or value of a part of the traffic, as timelines write it. */
  segment: z.string().max(200).optional(),
  /** Number of the incident that others are looked for. */
  except: z.number().int().optional(),
  limit: z.number().int().min(1).max(50).default(5),
});
export type FindSimilar = z.input<typeof FindSimilar>;

export const SimilarIncident = z.object({
  number: z.number().int(),
  title: z.string(),
  severity: IncidentSeverity,
  state: IncidentState,
  startedAt: z.date(),
  /** Milliseconds from its start until its impact was over; null where that is not known. */
  restoredMs: z.number().nullable(),
  cause: CauseKind.nullable(),
  /** Properties in common. */
  common: z.array(z.enum(["rule", "endpoint", "segment"])),
  /** Last action before the impact ended; null where none was recorded. */
  fixedBy: z.string().nullable(),
});
export type SimilarIncident = z.infer<typeof SimilarIncident>;
