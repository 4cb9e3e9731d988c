/** Result of a server action for the form that called it. */
export interface ActionState<Data = unknown> {
  ok: boolean;
  /** Error message for the user, with what to do. */
  error?: string;
  /** Complaints by field name. */
  fieldErrors?: Record<string, string>;
  /** Seconds to wait before the next try, when there is a wait. */
  retryAfterSeconds?: number;
  data?: Data;
}

/** The state of a form before its first submission. */
export const untried: ActionState<never> = { ok: false };

/** Result reported for a call without a response. */
export const unreachable = {
  ok: false,
  error: "Leeway did not respond, so it is unclear whether the change was saved. Reload the page to check.",
} satisfies ActionState<never>;
