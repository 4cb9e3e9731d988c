import type { NoResponse } from "#server/serve/model-runs/predict.ts";
import type { LeasedVersion } from "#server/serve/runner/leased-version.ts";
import type { Tensor } from "#server/serve/tensor/tensor.ts";
import { addTo, type Histogram } from "#server/stats/histogram.ts";
import { askVersion, insistOnAnswer, lostTooOften } from "./ask-version.ts";
import type { InputPlan, InputRows } from "./plan-inputs.ts";
import { requestOf } from "./plan-inputs.ts";

/** Outputs of consecutive rows, or why one row has none. */
export type BatchPart = { at: number; rows: number; tensors: Tensor[] } | { at: number; problem: string };

/** Crashes after which a version is not run any more. */
const maxCrashes = 3;
/** Requests in time after which they may have more rows again. */
const goodRequests = 20;

/** Runs a version on rows, and counts what it costs. */
export class BatchPredictor {
  /** Milliseconds in the version. */
  modelMs = 0;
  /** Durations of the requests that were answered. */
  readonly durations: Histogram = {};
  readonly #lease: LeasedVersion;
  readonly #plan: InputPlan;
  readonly #outputs: string[];
  #crashes = 0;
  /** Rows that a request may have: half of those that were not answered in time. */
  #maxRows = Number.POSITIVE_INFINITY;
  #inTime = 0;

  /** @param outputs names of the outputs to request */
  constructor(lease: LeasedVersion, plan: InputPlan, outputs: string[]) {
    this.#lease = lease;
    this.#plan = plan;
    this.#outputs = outputs;
  }

  /**
   * Runs the version on rows `from` to `to`, in their order. One bad row fails the request that it is in, so a request that fails is run again in
   * halves, down to the row. What is not answered in time, or lost with a process, is asked again in smaller requests: on a machine with too much work
   * that says nothing about a row.
   * @throws DomainError "conflict" once the version hung or crashed too often; "unavailable" while the runner is busy
   */
  async *run(inputs: InputRows, from = 0, to = inputs.rows): AsyncGenerator<BatchPart> {
    const rows = to - from;
    const most = this.#plan.isBatched ? this.#maxRows : 1;
    if (rows > most) {
      for (let row = from; row < to; row += most) yield* this.run(inputs, row, Math.min(to, row + most));
      return;
    }
    const question = { inputs: requestOf(this.#plan, inputs, from, to), outputs: this.#outputs };
    const ask = rows > 1 ? askVersion : insistOnAnswer;
    const prediction = await ask(this.#lease, question);
    if ("tensors" in prediction) {
      this.modelMs += prediction.tookMs;
      this.#countInTime();
      addTo(this.durations, prediction.tookMs);
      const cut = prediction.tensors.find(({ data }) => data.length % rows !== 0);
      if (!cut) yield { at: from, rows, tensors: prediction.tensors };
      else if (rows > 1) yield* this.#halves(inputs, from, to);
      else yield { at: from, problem: `Output "${cut.name}" has another number of rows than the inputs.` };
      return;
    }
    if (prediction.reason === "lost") this.#countLost(prediction, rows);
    if (rows > 1) yield* this.#halves(inputs, from, to);
    else yield { at: from, problem: prediction.problem };
  }

  async *#halves(inputs: InputRows, from: number, to: number): AsyncGenerator<BatchPart> {
    const middle = from + Math.ceil((to - from) / 2);
    yield* this.run(inputs, from, middle);
    yield* this.run(inputs, middle, to);
  }

  #countInTime(): void {
    this.#inTime += 1;
    if (this.#inTime < goodRequests) return;
    this.#maxRows *= 2;
    this.#inTime = 0;
  }

  #countLost({ problem, lostBy }: NoResponse, rows: number): void {
    if (lostBy === "late") {
      this.#maxRows = Math.ceil(rows / 2);
      this.#inTime = 0;
      return;
    }
    this.#crashes += 1;
    if (this.#crashes >= maxCrashes) throw lostTooOften(maxCrashes, problem);
  }
}
