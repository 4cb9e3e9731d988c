import type { MeasuredPair } from "#server/stats/quantile-ratio.ts";
import type { RecordedRequest } from "./recorded-requests.ts";

/** Results for the recorded requests; a few numbers of each, and none of their tensors. */
export class ReplayTally {
  /** Requests sent to the version. */
  requestCount = 0;
  /** Number of requests whose inputs were not stored, or not completely. */
  skipped = 0;
  readonly bad = { refused: 0, failed: 0, lost: 0, invalid: 0 };
  /** The first of what was refused, failed or invalid, in words. */
  problem: string | undefined;
  /** Requests with a prediction from both. */
  compared = 0;
  /** Number of these that used the logged prediction. */
  fromLog = 0;
  /** Number of these with a different prediction. */
  other = 0;
  readonly times: MeasuredPair[] = [];
  /** Times of the newest and the oldest request that was run. */
  from: Date | undefined;
  to: Date | undefined;
  /** Ids of the first requests with a different prediction. */
  readonly examples: string[] = [];
  readonly byPrediction = new Map<string, Slice>();
  readonly byCaller = new Map<string, Slice>();
  /** Reason why it ended before all requests were run. */
  ended: string | undefined;

  get badCount(): number {
    const { refused, failed, lost, invalid } = this.bad;
    return refused + failed + lost + invalid;
  }

  countRequest({ at }: RecordedRequest): void {
    this.requestCount += 1;
    this.from = at;
    this.to ??= at;
  }

  noteBad(kind: keyof ReplayTally["bad"], problem: string): void {
    this.bad[kind] += 1;
    this.problem ??= problem;
  }

  noteCompared({ caller, requestId }: RecordedRequest, prediction: string | null, isOther: boolean): void {
    this.compared += 1;
    if (isOther) this.other += 1;
    if (isOther && this.examples.length < maxExamples) this.examples.push(requestId);
    count(this.byPrediction, prediction, isOther);
    count(this.byCaller, caller, isOther);
  }
}

export interface Slice {
  requestCount: number;
  other: number;
}

const maxExamples = 5;
/** Maximum number of segments of one kind; a model with a million different predictions has no segments worth naming. */
const maxSlices = 2000;

function count(slices: Map<string, Slice>, name: string | null, isOther: boolean): void {
  if (name === null) return;
  const slice = slices.get(name) ?? { requestCount: 0, other: 0 };
  if (!slices.has(name) && slices.size >= maxSlices) return;
  slice.requestCount += 1;
  if (isOther) slice.other += 1;
  slices.set(name, slice);
}
