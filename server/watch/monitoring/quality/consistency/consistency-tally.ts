import { formatCount, formatSignificant, percent } from "#server/base/format-number.ts";
import type { OutputDifference } from "#server/serve/replay/compare-tensors.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import type { ConsistencyResult } from "./contract.ts";

const maxExamples = 10;

/** Results of requests sent to two versions; numbers and IDs, none of their tensors. */
export class ConsistencyTally {
  private compared = 0;
  private disagreeing = 0;
  private largest = 0;
  private invalid = 0;
  private problem: string | null = null;
  private readonly examples: string[] = [];
  skipped = 0;
  unanswered = 0;

  noteProblem(problem: string): void {
    this.unanswered += 1;
    this.problem ??= problem;
  }

  noteCompared(requestId: string, difference: OutputDifference): void {
    this.compared += 1;
    this.largest = Math.max(this.largest, difference.maxDifference);
    if (difference.isInvalid) this.invalid += 1;
    const isOther =
      difference.isFlip || difference.exceedsTolerance || difference.isInvalid || difference.problem !== undefined;
    if (!isOther) return;
    this.disagreeing += 1;
    if (difference.problem) this.problem ??= difference.problem;
    if (this.examples.length < maxExamples) this.examples.push(requestId);
  }

  result(): ConsistencyResult {
    const { compared, disagreeing, invalid, skipped, unanswered, problem, examples } = this;
    const share = compared > 0 ? disagreeing / compared : null;
    return {
      compared,
      disagreeing,
      share,
      invalid,
      skipped,
      unanswered,
      problem,
      examples,
      interval: share === null ? null : wilsonInterval({ share, count: compared }),
      largestDifference: this.largest,
      words: this.words(share),
    };
  }

  private words(share: number | null): string {
    if (share === null)
      return this.problem ? `Nothing could be compared: ${this.problem}` : "Nothing could be compared.";
    const apart = `the largest numeric difference is ${formatSignificant(this.largest, 3)}`;
    if (this.disagreeing === 0) return `All ${formatCount(this.compared)} requests got the same prediction; ${apart}.`;
    return `${formatCount(this.disagreeing)} of ${formatCount(this.compared)} requests (${percent(share)}) got different predictions; ${apart}.`;
  }
}
