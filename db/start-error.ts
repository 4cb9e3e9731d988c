/** Leeway cannot start, and the operator can fix it: the message says how. Shown without a stack trace. */
export class StartError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "StartError";
  }
}
