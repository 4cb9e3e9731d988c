import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { plainMarkdown } from "#server/base/text/plain-markdown.ts";
import type { TickStep } from "./contract.ts";
import { findSubject, valuesOf } from "./find-subject.ts";
import { parseSteps } from "./parse-steps.ts";
import { fill } from "./render.ts";
import { findRunbook } from "./runbook-rows.ts";

/** Finds a step of a runbook and its subject, with the step's text for the timeline. @throws DomainError "not-found" */
export async function stepOf(ctx: Context, { runbookId, subjectId, step }: TickStep) {
  const runbook = await findRunbook(ctx, runbookId);
  const subject = await findSubject(ctx, subjectId);
  if (!parseSteps(runbook.body).some((each) => each.step === step)) {
    throw new DomainError("not-found", "This step no longer exists. Reload the runbook.", { field: "step" });
  }
  const filled = fill(step, await valuesOf(ctx, subject));
  return { runbook, subject, text: plainMarkdown(filled) };
}
