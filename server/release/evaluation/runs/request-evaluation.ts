import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type EvaluationRun, RequestEvaluation } from "../contract.ts";
import { requestRun } from "./request-run.ts";
import { loadEvaluation } from "./run-queries.ts";

/**
 * Requests the evaluation of a version on a set; a job runs it. The same version on the same set is the same run: repeating it returns the run,
 * and continues one that failed or was cancelled.
 * @throws DomainError "not-found"; "conflict" for a retired set, one that is still being read, or a version that cannot be run; "invalid" for
 * a set that lacks inputs of the version, or asks for something else than it predicts
 */
export async function requestEvaluation(ctx: Context, input: RequestEvaluation): Promise<EvaluationRun> {
  permit(ctx, "requestEvaluation");
  const request = RequestEvaluation.parse(input);
  const id = await requestRun(ctx, request, { kind: "evaluation", rowsTotal: ({ rows }) => rows });
  return loadEvaluation(ctx, id);
}
