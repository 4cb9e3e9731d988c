/** Said wherever a page has room for a source, so that nobody takes the past for measurements. */
export const source = "Recorded history of the demo";

/** Endpoints that have a past. Those of the two scanners have none: their policies decide by what they see. */
export const pastEndpoints = ["digits", "digits-forms", "flight-delay"] as const;
export type PastEndpoint = (typeof pastEndpoints)[number];

/** The model that each of them serves. */
export const modelOf = {
  digits: "digits",
  "digits-forms": "digits",
  "flight-delay": "flight-delay",
} as const satisfies Record<PastEndpoint, string>;

/** The SLO whose budget the failures of an endpoint spend. */
export const availabilitySlo = {
  digits: "digits-availability",
  "digits-forms": "digits-forms-availability",
  "flight-delay": "flight-delay-availability",
} as const satisfies Record<PastEndpoint, string>;

/** Days of the period of that SLO; a month counts as thirty. */
export const periodDays = { digits: 30, "digits-forms": 7, "flight-delay": 28 } as const satisfies Record<
  PastEndpoint,
  number
>;

export type CauseOfIncident = "deploy" | "data" | "config" | "dependency" | "capacity";

/** A version that was deployed. Times are milliseconds since 1970. */
export interface PastRelease {
  endpoint: PastEndpoint;
  version: number;
  at: number;
  by: string;
  reason: string;
}

export interface PastIncident {
  endpoint: PastEndpoint;
  title: string;
  severity: "SEV2" | "SEV3";
  cause: CauseOfIncident;
  isFoundByMachine: boolean;
  /** Full minutes: the first with failures, and the first without. */
  startedAt: number;
  mitigatedAt: number;
  detectedAt: number;
  acknowledgedAt: number;
  resolvedAt: number;
  closedAt: number;
  /** Who acknowledged, mitigated and resolved it. */
  by: string;
  /** The release that caused it, and the one that went back. */
  release: PastRelease | null;
  rollback: PastRelease | null;
  finding: string;
  fix: string;
  action: string;
  impact: { badEvents: number; events: number; impactMinutes: number };
}

/** Requests of one version in a row of counters. */
export interface PastWindow {
  endpoint: PastEndpoint;
  version: number;
  /** Start in milliseconds since 1970. */
  at: number;
  requests: number;
  /** Of these, those with an input missing (400), and those that failed. */
  callerErrors: number;
  failures: number;
}

/** An hour of one endpoint, in one row of counters, or in all of its 360 where something happened in it. */
export interface PastHour {
  endpoint: PastEndpoint;
  at: number;
  windows: PastWindow[];
}

/** An hour of predictions that got their label. */
export interface PastLabels {
  endpoint: "digits" | "flight-delay";
  version: number;
  at: number;
  good: number;
  total: number;
}

export interface Past {
  from: number;
  to: number;
  /** Oldest first, as are all lists. */
  hours: PastHour[];
  labels: PastLabels[];
  releases: PastRelease[];
  incidents: PastIncident[];
}
