import type { LabelValue } from "#server/improve/labelling/contract.ts";

/** An answer as the browser keeps it until the server has it. */
export interface KeptAnswer {
  /** Workspace, person and task: a later answer to a task replaces the earlier one. */
  key: string;
  /** Workspace, person and project: whose answers are sent together. */
  owner: string;
  /** When it was given, in epoch milliseconds; answers are sent in this order. */
  at: number;
  body: AnswerBody;
}

/** What is sent about a task. */
export interface AnswerBody {
  taskId: number;
  /** Null for "cannot tell". */
  value: LabelValue | null;
  note: string;
  /** Time visible and focused between shown and answered. */
  spentMs: number;
  /** Version of the guidelines that was on screen. */
  guideline: number;
  shownPrediction: boolean;
}

/** Where answers are kept; in a browser IndexedDB, in tests memory. */
export interface AnswerStore {
  put(answer: KeptAnswer): Promise<void>;
  /** Returns the answers of an owner, the earliest first. */
  list(owner: string): Promise<KeptAnswer[]>;
  /** Removes an answer, unless it was replaced since: `at` is of the one that was sent. */
  remove(key: string, at: number): Promise<void>;
}
