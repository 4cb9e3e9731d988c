import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { predict } from "#server/serve/model-runs/predict.ts";
import { questionOf } from "#server/serve/model-runs/question-of.ts";
import { type RecordedRequest, recordedRequests } from "#server/serve/model-runs/recorded-requests.ts";
import { type VersionLeaser, withLeasedVersion } from "#server/serve/model-runs/with-leased-version.ts";
import { compareTensors } from "#server/serve/replay/compare-tensors.ts";
import type { LeasedVersion } from "#server/serve/runner/leased-version.ts";
import { ConsistencyTally } from "./consistency-tally.ts";
import { ConsistencyQuestion, type ConsistencyResult } from "./contract.ts";

/**
 * Asks two versions, or one at two places, what clients asked, one request at a time, and compares what they answer. For the worker.
 * @param onProgress how far it is, from 0 to 1 @throws DomainError "conflict" where one of them cannot be run here
 */
export function runConsistency(
  ctx: Context,
  models: VersionLeaser,
  input: ConsistencyQuestion,
  onProgress: (progress: number) => Promise<void> = async () => {},
): Promise<ConsistencyResult> {
  const question = ConsistencyQuestion.parse(input);
  return withLeasedVersion(ctx, models, question.first, (first) =>
    withLeasedVersion(ctx, models, question.second, async (second) => {
      const missingSource = [first, second].find((one) => typeof one === "string");
      if (typeof first === "string" || typeof second === "string") {
        throw new DomainError("conflict", `One of the two cannot be run here: ${missingSource}`);
      }
      const tally = new ConsistencyTally();
      let requestCount = 0;
      for await (const request of recordedRequests(ctx, question.endpointId, question.maxRequests)) {
        await compareOne({ first, second }, request, question.tolerance, tally);
        requestCount += 1;
        if (requestCount % 25 === 0) await onProgress(requestCount / question.maxRequests);
      }
      return tally.result();
    }),
  );
}

async function compareOne(
  { first, second }: { first: LeasedVersion; second: LeasedVersion },
  request: RecordedRequest,
  tolerance: number,
  tally: ConsistencyTally,
): Promise<void> {
  const [one, other] = [questionOf(request, first.model), questionOf(request, second.model)];
  if ("skipped" in one || "skipped" in other) {
    tally.skipped += 1;
    return;
  }
  if ("refused" in one) return tally.noteProblem(one.refused);
  if ("refused" in other) return tally.noteProblem(other.refused);
  const prediction = await predict(first, one.question);
  if ("problem" in prediction) return tally.noteProblem(prediction.problem);
  const twin = await predict(second, other.question);
  if ("problem" in twin) return tally.noteProblem(twin.problem);
  tally.noteCompared(request.requestId, compareTensors(prediction.tensors, twin.tensors, tolerance));
}
