import type { LabelExport } from "../flows/contract.ts";
import type { AuditStart } from "./audit-share.ts";

/** A row of the prediction log: its time in microseconds since 1970, as text, and its id. */
export interface LogPlace {
  at: string;
  id: string;
}

/** Share of the sampled requests of a day in UTC that the audit takes. It is the same all day, so that each request has the same chance. */
export interface AuditDay {
  date: string;
  share: number;
  /** While there is no complete day of requests: then the share is that of the last page only. */
  start?: AuditStart | undefined;
}

/** Tasks that are decided again, such as those of a person who was excluded: how far that is. */
export interface DecisionRound {
  id: string;
  /** Whose tasks; null for the open tasks that someone has answered. */
  person: string | null;
  total: number;
  done: number;
  /** Tasks up to this one are decided. */
  after: number;
  requestedAt: string;
}

/** How far sources and flows of a project have read. All fields are optional, since each is written by its own work. */
export interface LabelProgress {
  /** Logged requests up to here have been looked at. */
  log?: LogPlace;
  audit?: AuditDay;
  decisions?: DecisionRound[];
  /** Dataset versions of its labels, the newest first. */
  exports?: LabelExport[];
}
