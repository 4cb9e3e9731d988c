import type { Fault } from "#server/serve/faults/contract.ts";
import type { BudgetUse, Expectation, GameDayNotification } from "../contract.ts";
import type { ObservedObjective } from "./observe.ts";

/** An alert that began to fire during a game day. */
export interface FiredAlert {
  /** Milliseconds since 1970. */
  at: number;
  fingerprint: string;
  title: string;
  severity: string;
  endpoint: string;
  href: string;
}

/** A firing notification of the outbox about such alerts. Times in milliseconds since 1970. */
export interface SentNotification {
  /** Person or receiver. */
  receiver: string;
  channel: string;
  /** Receiver and channel in one word: of several messages to the same, the report shows one. */
  turn: string;
  severity: string;
  title: string;
  state: "delivered" | "failed" | "pending" | "not-sent";
  /** When it was delivered, or had failed; null before. */
  at: number | null;
  reason: string;
  href: string;
}

/** Something that was done, by whom. */
export interface Act {
  /** Milliseconds since 1970. */
  at: number;
  /** Null where the name is unknown. */
  by: string | null;
  title: string;
  href: string | null;
}

/** What a report follows from. Times in milliseconds since 1970. */
export interface GameDayFacts {
  fault: Fault;
  expectations: readonly Expectation[];
  startedAt: number;
  /** What the log says about the start: "Started at 2.5% on 4 gateways". */
  start: string;
  endedAt: number | null;
  isAborted: boolean;
  endReason: string;
  now: number;
  /** Objectives of the endpoint. */
  objectives: readonly ObservedObjective[];
  /** Objectives of other endpoints that met their target at the start. */
  others: readonly ObservedObjective[];
  /** Alerts of the endpoint, oldest first. */
  fired: readonly FiredAlert[];
  /** Pages of other endpoints, and whatever the rules of `others` fired, until the end. */
  otherAlerts: readonly FiredAlert[];
  sent: readonly SentNotification[];
  /** Who was not notified, and why. */
  notSent: readonly GameDayNotification[];
  /** Oldest first. */
  acknowledgements: readonly Act[];
  /** Deployments, rollbacks, freezes and other changes of the endpoint, oldest first. */
  actions: readonly Act[];
  affected: number;
  failed: number;
  requests: number;
  budgets: BudgetUse[];
  job: { lostSteps: number | null; resumedSeconds: number | null } | null;
}
