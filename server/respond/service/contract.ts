import type { LikelyCause } from "#server/respond/cause/contract.ts";
import type { Change } from "#server/respond/changes/contract.ts";
import type { IncidentSeverity } from "#server/respond/incidents/contract.ts";
import type { IncidentStage } from "#server/respond/incidents/stages/contract.ts";
import type { EndpointTab } from "#server/serve/endpoints/constants.ts";
import type { DriftRow } from "#server/watch/monitoring/drift/report/contract.ts";
import type { QualitySummary } from "#server/watch/monitoring/quality/contract.ts";
import type { SloSummary } from "#server/watch/slo/objectives/contract.ts";
import type { EndpointState } from "../endpoint-states/contract.ts";

/** Open incident of an endpoint, as far as its page shows it. */
export interface ServiceIncident {
  number: number;
  title: string;
  startedAt: Date;
  severity: IncidentSeverity;
  stage: IncidentStage;
  /** Alerts that fire. */
  alerts: number;
  /** Alert groups that nobody has acknowledged: acknowledging the incident acknowledges all of them. */
  unacknowledgedGroupIds: string[];
  /** Who acknowledged it; null while nobody has. */
  owner: string | null;
  /** Next escalation, unless someone acknowledges it before; null where there is none. */
  next: { at: Date; whom: string } | null;
}

/** Whether a tab is worth a look, and how urgent that is. */
export type TabMark = "missed" | "watch";

/** What the head of an endpoint's page says, on all of its tabs. */
export interface ServiceHead {
  state: EndpointState;
  /** Name of the team that owns it; null without one. */
  owner: string | null;
  /** Empty where no one is on call for it. */
  onCall: { name: string; until: Date | null }[];
  incident: ServiceIncident | null;
  marks: Partial<Record<EndpointTab, TabMark>>;
  /** Tokens and people that sent its newest logged requests, most requests first. */
  callers: string[];
  /** Whether a version of the endpoint looks up features. */
  readsFeatures: boolean;
}

/** What the Health tab of an endpoint says besides its traffic. A part that could not be read is undefined. */
export interface ServiceHealth {
  /** Least budget first. */
  slos: SloSummary[] | undefined;
  drift: DriftRow | undefined;
  /** Of the range with which the Quality tab opens. */
  quality: QualitySummary | undefined;
  /** Of the open incident, as the board says it; undefined without one. */
  cause: LikelyCause | undefined;
  /** Newest first; at most six of the last seven days. */
  changes: Change[] | undefined;
}
