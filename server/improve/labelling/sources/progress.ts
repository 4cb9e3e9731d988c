/** A row of the prediction log: its time in microseconds since 1970, as text, and its id. */
interface LogPlace {
  at: string;
  id: string;
}

/** How far sources and flows of a project have read. All fields are optional, since each is written by its own work. */
export interface LabelProgress {
  /** Logged requests up to here have been looked at. */
  log?: LogPlace;
  /** Nightly dataset version: the time of the newest consensus in it, in ISO 8601, and the version. */
  exported?: { until: string; versionId: string };
}
