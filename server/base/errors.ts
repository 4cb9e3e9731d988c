export type ErrorCode =
  | "invalid"
  | "forbidden"
  | "unauthenticated"
  | "not-found"
  | "conflict"
  | "unavailable"
  | "too-large"
  | "rate-limited";

/**
 * The one error that people are meant to see. Its message is for the user and says what to do;
 * each transport maps its code to the wire once. Any other error is a bug.
 */
export class DomainError extends Error {
  readonly code: ErrorCode;
  /** Seconds after which a retry makes sense, for "unavailable" and "rate-limited". */
  readonly retryAfterSeconds: number | undefined;
  /** Position of the mistake in the caller's text: its character, counted from 1 as a browser does (UTF-16). */
  readonly column: number | undefined;
  /** Field of the input that the error is about, as a form names it: "engine.url". */
  readonly field: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number; column?: number | undefined; field?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "DomainError";
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.column = options.column;
    this.field = options.field;
  }

  /** Next bundles a second copy of this class, and what the web role hands to pages throws errors of the first. */
  static override [Symbol.hasInstance](value: unknown): value is DomainError {
    return value instanceof Error && value.name === "DomainError" && "code" in value;
  }
}

/** Whether an error is the operating system's, of a disk or a socket: its message names paths and addresses, so it is only for the log. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
