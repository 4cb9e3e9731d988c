import type { ActionState } from "#components/ui/action-state.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { ShiftReport } from "#server/respond/oncall/handover/contract.ts";
import type { TriageAct } from "#server/respond/triage/advice/contract.ts";
import type { QueueRow, Triage } from "#server/respond/triage/contract.ts";

export type Row = Wire<QueueRow>;
export type Chosen = Wire<Triage>;

type Do<Input, Data = unknown> = (input: Input) => Promise<ActionState<Data>>;

/** The server actions of the board. */
export interface BoardActions {
  acknowledge: Do<{ groupIds: string[] }>;
  unacknowledge: Do<{ groupIds: string[] }>;
  /** Silences alerts; returns the end, in milliseconds since 1970. */
  silence: Do<{ labels: Record<string, string>; minutes: number; reason: string }, number>;
  rollBack: Do<{
    endpointId: string;
    reason: string;
    groupId?: string | undefined;
    rollout?: { id: string; revision: number } | undefined;
    to?: { model: string; version: number } | undefined;
  }>;
  freeze: Do<{ endpointId: string; minutes: number; reason: string; groupId?: string | undefined }>;
  liftFreeze: Do<{ endpointId: string; reason: string; groupId?: string | undefined }>;
  page: Do<{ groupId: string; userId: string; note: string }>;
  /** Executes the next step of the escalation at once. */
  escalate: Do<{ groupId: string; step: number; reason?: string | undefined }>;
  /** Sends a failed page again. */
  retryPage: Do<{ notificationId: string }>;
  /** Pages the reader. */
  testPage: () => Promise<ActionState<{ methods: number }>>;
  unblock: Do<{ endpointId: string; model: string; version: number; reason: string }>;
  note: Do<{ number: number; title: string }>;
  /** Sends an update to the channels that were notified. */
  update: Do<{ number: number; text: string }, { channels: number }>;
  resolve: Do<{ number: number; reason: string }>;
  /** Says that it was no incident. */
  cancel: Do<{ number: number; reason: string }>;
  merge: Do<{ number: number; into: number; reason: string }>;
  /** Splits alerts off an incident; returns the number of the one that they became. */
  split: Do<{ number: number; groupIds: string[]; reason: string }, number>;
  verdict: Do<{ groupId: string; verdict: "actionable" | "known" | "noise" | "duplicate" }>;
  tick: Do<{ runbookId: string; subjectId: string; step: string }>;
  untick: Do<{ runbookId: string; subjectId: string; step: string }>;
}

export interface Viewer {
  name: string;
  /** Reasons why the user may not act, by action. */
  why: Partial<Record<TriageAct | "verdict" | "tick" | "escalate" | "retry" | "unblock", string>>;
}

export interface Person {
  value: string;
  label: string;
}

export type NextShift = { name: string; schedule: string; from: string } | null;

export type Shift = { report: Wire<ShiftReport>; schedule: string } | null;
