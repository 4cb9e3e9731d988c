import type { Wire } from "#components/ui/wire.ts";
import type { LabelValue } from "#server/improve/labelling/contract.ts";
import type { GivenTask } from "#server/improve/labelling/queue/contract.ts";

/** A task as the page holds it. */
export interface HeldTask {
  task: Wire<GivenTask>;
  /** Answer that was undone; the page opens with it. */
  earlier: LabelValue | null;
  /** Note of that answer. */
  note: string;
  /** Whether the lease has ended, so that someone else may get the task. */
  isLapsed: boolean;
}

/** An answer of this page, for undo and the list of recent ones. */
export interface RecentAnswer {
  task: Wire<GivenTask>;
  /** Null for "cannot tell". */
  value: LabelValue | null;
  note: string;
  at: number;
  /** Whether the server has it. */
  isStored: boolean;
  /** Whether the server has it as an additional answer. */
  isSurplus: boolean;
}

/** Why there is no further task. */
export type QueueEnd =
  | { kind: "empty"; heldByOthers: number }
  | { kind: "paused"; reason: string }
  | { kind: "failed"; problem: string };

export interface Session {
  /** The task on screen, then the next one, which is loaded already. */
  held: HeldTask[];
  /** Newest last. */
  recent: RecentAnswer[];
  end: QueueEnd | undefined;
}

export type SessionEvent =
  | { kind: "given"; task: Wire<GivenTask> }
  | { kind: "ended"; end: QueueEnd }
  | { kind: "answered"; taskId: number; value: LabelValue | null; note: string; at: number }
  | { kind: "stored"; taskId: number; isSurplus: boolean }
  | { kind: "left"; taskId: number }
  /** An answer came back; `released` are tasks whose leases ended to make place for it. */
  | { kind: "undone"; task: Wire<GivenTask>; value: LabelValue | null; note: string; released: readonly number[] }
  /** A field that the project hides was shown. */
  | { kind: "shown"; task: Wire<GivenTask> }
  | { kind: "renewed"; expiresAt: string; lost: readonly number[] }
  /** Another queue was chosen: the next task is of it. */
  | { kind: "requeued" };

/** Number of tasks that a page holds at once: the one on screen and the next. */
export const maxHeld = 2;
const maxRecent = 50;

export const newSession: Session = { held: [], recent: [], end: undefined };

/** Applies what happened to the tasks of a page. */
export function changeSession(session: Session, event: SessionEvent): Session {
  const { held, recent } = session;
  switch (event.kind) {
    case "given":
      if (held.some(({ task }) => task.id === event.task.id)) return session;
      return {
        ...session,
        held: [...held, { task: event.task, earlier: null, note: "", isLapsed: false }],
        end: undefined,
      };
    case "ended":
      return { ...session, end: event.end };
    case "answered": {
      const answered = held.find(({ task }) => task.id === event.taskId);
      if (!answered) return session;
      const { value, note, at } = event;
      const answer = { task: answered.task, value, note, at, isStored: false, isSurplus: false };
      const others = recent.filter(({ task }) => task.id !== event.taskId);
      return { ...session, held: without(held, event.taskId), recent: [...others, answer].slice(-maxRecent) };
    }
    case "stored":
      return {
        ...session,
        recent: recent.map((each) =>
          each.task.id === event.taskId ? { ...each, isStored: true, isSurplus: event.isSurplus } : each,
        ),
      };
    case "left":
      return { ...session, held: without(held, event.taskId) };
    case "undone": {
      const rest = held.filter(({ task }) => task.id !== event.task.id && !event.released.includes(task.id));
      return {
        held: [{ task: event.task, earlier: event.value, note: event.note, isLapsed: false }, ...rest],
        recent: recent.filter(({ task }) => task.id !== event.task.id),
        end: undefined,
      };
    }
    case "shown":
      return {
        ...session,
        held: held.map((each) => (each.task.id === event.task.id ? { ...each, task: event.task } : each)),
      };
    case "renewed":
      return {
        ...session,
        held: held.map((each) => {
          const isLapsed = event.lost.includes(each.task.id);
          return { ...each, isLapsed, task: isLapsed ? each.task : { ...each.task, expiresAt: event.expiresAt } };
        }),
      };
    case "requeued":
      return { ...session, held: held.slice(0, 1), end: undefined };
  }
}

/**
 * Returns the tasks whose answers are on their way: their leases end once the server has them, and until then it would give them again.
 * @param refused tasks whose answers the server does not take
 */
export function tasksOnTheirWay({ recent }: Session, refused: readonly number[]): number[] {
  return recent.flatMap(({ task, isStored }) => (isStored || refused.includes(task.id) ? [] : [task.id]));
}

function without(held: readonly HeldTask[], taskId: number): HeldTask[] {
  return held.filter(({ task }) => task.id !== taskId);
}
