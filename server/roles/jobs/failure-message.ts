/**
 * Describes in a sentence why a job failed at its last attempt.
 * @param output as pg-boss stores it: the error, or a value that says that the attempt timed out
 */
export function failureMessage(output: unknown): string {
  const { name, message, value } = (output ?? {}) as {
    name?: unknown;
    message?: unknown;
    value?: { message?: unknown };
  };
  if (name === "DomainError" && typeof message === "string") return message;
  if (value?.message === "job timed out") return "It timed out, or the worker crashed while running it.";
  return "Internal error; see the worker log.";
}
