import { unstable_rethrow } from "next/navigation";
import { ZodError } from "zod";
import type { ActionState } from "#components/ui/action-state.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { storageRefusal } from "#server/base/storage-refusal.ts";
import { requireSession } from "./context.ts";

/**
 * Runs the work of a server action as the signed-in user and turns its result into what the form shows.
 * Redirects pass through; a bug is logged and reported as one.
 */
export async function act<Data>(work: (ctx: Context) => Promise<Data>): Promise<ActionState<Data>> {
  try {
    return { ok: true, data: await work(await requireSession()) };
  } catch (error) {
    unstable_rethrow(error);
    return failure(error);
  }
}

/** Returns the form's messages for an error. */
export function failure(error: unknown): ActionState<never> {
  if (error instanceof ZodError) return { ok: false, fieldErrors: fieldErrors(error) };
  const known = error instanceof DomainError ? error : storageRefusal(error);
  if (known) {
    const { message, retryAfterSeconds, field } = known;
    return {
      ok: false,
      error: message,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(field && { fieldErrors: { [field]: message } }),
    };
  }
  log.error("action.failed", { cause: error });
  return { ok: false, error: "Internal error; nothing was changed. See the server log for details." };
}

/** Returns the first error of each field. */
function fieldErrors(error: ZodError): Record<string, string> {
  const complaints = error.issues.map((issue) => [issue.path.join("."), issue.message] as const);
  return Object.fromEntries(complaints.toReversed());
}
