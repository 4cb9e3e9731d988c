import { compareTensors, type OutputDifference } from "#server/serve/replay/compare-tensors.ts";
import { fromLogged } from "#server/serve/replay/logged-tensor.ts";
import type { LeasedVersion } from "#server/serve/runner/leased-version.ts";
import type { Tensor } from "#server/serve/tensor/tensor.ts";
import { verdictOf } from "#server/serve/tensor/verdict.ts";
import { type ModelRunResult, type NoResponse, predict } from "./predict.ts";
import { questionOf } from "./question-of.ts";
import type { RecordedRequest } from "./recorded-requests.ts";
import { ReplayTally } from "./replay-tally.ts";

/** Versions and settings of a replay. */
export interface ReplayPair {
  own: LeasedVersion;
  /** Version whose predictions count; undefined if it cannot be run here, when only its logged predictions are available. */
  champion: LeasedVersion | undefined;
  championId: string;
  /** Share by which numbers may lie apart. */
  tolerance: number;
  /** On the clock of performance.now(). */
  deadlineAt: number;
}

/** Number of hangs or crashes after which a version is no longer run. */
const maxLost = 3;
/** Requests whose time is not measured, since the first ones of a session are slow. */
const warmUps = 3;

/** Replays recorded requests on a version, alternating with the champion, one request at a time. */
export async function runReplay(pair: ReplayPair, requests: AsyncIterable<RecordedRequest>): Promise<ReplayTally> {
  const tally = new ReplayTally();
  for await (const request of requests) {
    if (performance.now() > pair.deadlineAt) tally.ended = "the time limit was reached";
    if (tally.bad.lost >= maxLost) tally.ended = "it timed out or crashed too often";
    if (tally.ended) break;
    await replayOne(pair, request, tally);
  }
  return tally;
}

async function replayOne(pair: ReplayPair, request: RecordedRequest, tally: ReplayTally): Promise<void> {
  const question = questionOf(request, pair.own.model);
  if ("skipped" in question) {
    tally.skipped += 1;
    return;
  }
  tally.countRequest(request);
  if ("refused" in question) return tally.noteBad("refused", question.refused);
  const isWarm = tally.requestCount > warmUps;
  // The order alternates, so that neither version gains by running second.
  const isFirst = tally.requestCount % 2 === 0;
  const before = isFirst ? undefined : await predictByChampion(pair, request);
  const own = await predict(pair.own, question.question);
  const then = isFirst ? await predictByChampion(pair, request) : before;
  if ("problem" in own) return tally.noteBad(own.reason, own.problem);
  if (isWarm && then && "tensors" in then) tally.times.push({ own: own.tookMs, other: then.tookMs });
  addToTally(pair, request, { own, then }, tally);
}

async function predictByChampion(
  { champion }: ReplayPair,
  request: RecordedRequest,
): Promise<ModelRunResult | NoResponse | undefined> {
  const question = champion && questionOf(request, champion.model);
  return champion && question && "question" in question ? predict(champion, question.question) : undefined;
}

interface Both {
  own: ModelRunResult;
  then: ModelRunResult | NoResponse | undefined;
}

function addToTally(pair: ReplayPair, request: RecordedRequest, { own, then }: Both, tally: ReplayTally): void {
  const logged = loggedOutputs(pair, request);
  const before = logged ?? (then && "tensors" in then ? then.tensors : undefined);
  const difference = before ? compareTensors(before, own.tensors, pair.tolerance) : undefined;
  const invalid = difference ? problemOf(difference) : describeInvalid(own.tensors);
  if (invalid) tally.noteBad("invalid", invalid);
  if (!before || !difference || invalid) return;
  if (logged) tally.fromLog += 1;
  const labels = (pair.champion ?? pair.own).model.signature.labels;
  const prediction = request.answer ?? verdictOf(before, labels, null).answer;
  tally.noteCompared(request, prediction, difference.isFlip || difference.exceedsTolerance);
}

function problemOf({ problem, isInvalid }: OutputDifference): string | undefined {
  return problem ?? (isInvalid ? "it returned NaN or infinity where the champion returned a number" : undefined);
}

function describeInvalid(tensors: readonly Tensor[]): string | undefined {
  const isFloat = ({ datatype }: Tensor) => datatype === "FP32" || datatype === "FP64";
  const isBad = tensors.some(
    (tensor) => isFloat(tensor) && (tensor.data as Float64Array).some((value) => !Number.isFinite(value)),
  );
  return isBad ? "it returned NaN or infinity" : undefined;
}

/** Returns the champion's logged prediction if the champion and its pipeline are unchanged, and all of it was stored. */
function loggedOutputs({ champion, championId }: ReplayPair, request: RecordedRequest): Tensor[] | undefined {
  const { versionId, pipelineDigest, outputs } = request;
  if (versionId !== championId || !outputs || outputs.length === 0) return undefined;
  const isSamePipeline = pipelineDigest === null || !champion || pipelineDigest === champion.model.pipeline?.digest;
  if (!isSamePipeline || outputs.some(({ data }) => data === undefined)) return undefined;
  const tensors = outputs.flatMap(fromLogged);
  return tensors.length === outputs.length ? tensors : undefined;
}
