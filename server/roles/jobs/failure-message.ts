/**
 * Why a job failed at its last try, in a sentence for people.
 * @param output as pg-boss keeps it: the error, or a value that tells that the time of the try was over
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
