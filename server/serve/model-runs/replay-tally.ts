import type { MeasuredPair } from "#server/stats/quantile-ratio.ts";
import type { RecordedRequest } from "./recorded-requests.ts";

/** What became of the recorded requests; a few numbers of each, and none of their tensors. */
export class ReplayTally {
  /** Requests that the version was asked. */
  requestCount = 0;
  /** Whose inputs were not kept, or not whole. */
  skipped = 0;
  readonly bad = { refused: 0, failed: 0, lost: 0, invalid: 0 };
  /** The first of what was refused, failed or invalid, in words. */
  problem: string | undefined;
  /** Requests with an answer of both. */
  compared = 0;
  /** Of them, with the answer that is in the log. */
  fromLog = 0;
  /** Of them, answered otherwise. */
  other = 0;
  readonly times: MeasuredPair[] = [];
  /** The newest and the oldest request that was asked. */
  from: Date | undefined;
  to: Date | undefined;
  /** Ids of the first requests that were answered otherwise. */
  readonly examples: string[] = [];
  readonly byPrediction = new Map<string, Slice>();
  readonly byCaller = new Map<string, Slice>();
  /** Why it ended before all were asked. */
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
/** Of one kind; a model of a million answers has no slices worth naming. */
const maxSlices = 2000;

function count(slices: Map<string, Slice>, name: string | null, isOther: boolean): void {
  if (name === null) return;
  const slice = slices.get(name) ?? { requestCount: 0, other: 0 };
  if (!slices.has(name) && slices.size >= maxSlices) return;
  slice.requestCount += 1;
  if (isOther) slice.other += 1;
  slices.set(name, slice);
}
