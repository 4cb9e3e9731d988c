import { randomInputs } from "#server/serve/load-test/synthetic-inputs.ts";
import { compareTensors } from "#server/serve/replay/compare-tensors.ts";
import type { LeasedVersion } from "#server/serve/runner/leased-version.ts";
import { type NoResponse, predict, type Question } from "./predict.ts";
import { questionOf, type Requested } from "./question-of.ts";
import type { RecordedRequest } from "./recorded-requests.ts";

/** One request as each of the two takes it. */
export interface PairedQuestion {
  own: Requested;
  reference: Requested;
}

export interface ConsistencyTally {
  /** Requests with a prediction from both. */
  compared: number;
  skipped: number;
  /** Number of requests that the version failed, where the reference succeeded. */
  bad: number;
  /** The first of them in words. */
  problem: string | undefined;
  /** Requests for which the reference returned no prediction either. */
  withoutReference: number;
  flips: number;
  /** Largest difference of two numbers, a request each. */
  differences: number[];
  /** Reason why it ended before all requests were run. */
  ended: string | undefined;
}

interface Pair {
  own: LeasedVersion;
  reference: LeasedVersion;
  /** On the clock of performance.now(). */
  deadlineAt: number;
}

/** Number of failed requests after which it ends. */
const maxFailures = 5;

/** Runs two computations of the same model, one request at a time, and records how far their outputs differ. */
export async function runConsistency(
  { own, reference, deadlineAt }: Pair,
  questions: AsyncIterable<PairedQuestion> | Iterable<PairedQuestion>,
): Promise<ConsistencyTally> {
  const tally: ConsistencyTally = {
    compared: 0,
    skipped: 0,
    bad: 0,
    problem: undefined,
    withoutReference: 0,
    flips: 0,
    differences: [],
    ended: undefined,
  };
  for await (const question of questions) {
    if (performance.now() > deadlineAt) tally.ended = "the time limit was reached";
    if (tally.bad + tally.withoutReference >= maxFailures) tally.ended = "too many requests failed";
    if (tally.ended) break;
    if ("skipped" in question.own || "skipped" in question.reference) {
      tally.skipped += 1;
      continue;
    }
    const then = await predictionTo(reference, question.reference);
    const now = await predictionTo(own, question.own);
    if ("problem" in then) tally.withoutReference += 1;
    else if ("problem" in now) noteBad(tally, now.problem);
    else {
      const { problem, isInvalid, isFlip, maxDifference } = compareTensors(then.tensors, now.tensors, 0);
      if (problem || isInvalid) noteBad(tally, problem ?? "NaN or infinity where the reference has a number");
      else {
        tally.compared += 1;
        tally.differences.push(maxDifference);
        if (isFlip) tally.flips += 1;
      }
    }
  }
  return tally;
}

function noteBad(tally: ConsistencyTally, problem: string): void {
  tally.bad += 1;
  tally.problem ??= problem;
}

async function predictionTo(lease: LeasedVersion, question: Exclude<Requested, { skipped: string }>) {
  const refused = (problem: string): NoResponse => ({ problem, reason: "refused" });
  return "refused" in question ? refused(question.refused) : predict(lease, question.question);
}

/** Yields recorded requests for both. */
export async function* recordedQuestions(
  { own, reference }: Pick<Pair, "own" | "reference">,
  requests: AsyncIterable<RecordedRequest>,
): AsyncGenerator<PairedQuestion> {
  for await (const request of requests) {
    yield { own: questionOf(request, own.model), reference: questionOf(request, reference.model) };
  }
}

/** Yields random inputs of the models themselves, the same for both and in every run. */
export function* madeUpQuestions({ own }: Pick<Pair, "own">, count: number): Generator<PairedQuestion> {
  for (let seed = 1; seed <= count; seed += 1) {
    const question: Question = { tensors: randomInputs(own.model.signature, [], { rows: 1, seed }) };
    yield { own: { question }, reference: { question } };
  }
}
