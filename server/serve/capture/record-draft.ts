import { servedFeatures } from "../features/by-key/describe-look-up.ts";
import type { FilledRequest } from "../features/by-key/fill-request.ts";
import type { ServedFeatures } from "../features/contract.ts";
import type { LoggedPrediction } from "../predictions/logged-prediction.ts";
import type { InferRequest } from "../protocol/infer-request.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Verdict, verdictOf } from "../tensor/verdict.ts";
import type { ServedModel } from "../versions/served-model.ts";
import type { CaptureRules } from "./contract.ts";
import { type Redaction, redactionOf } from "./redaction.ts";
import { keepSent, keepTensor, keepWithin, type StoredTensor } from "./stored-tensor.ts";

type Content = Pick<LoggedPrediction, "error" | "inputs" | "outputs" | keyof Verdict>;

const nothingSaid: Verdict = { answer: null, outputIndex: null, confidence: null };

/** Prediction log record of a request, collected while it runs. Redacted values are digests from the start. */
export class RecordDraft {
  private readonly rules: CaptureRules;
  private readonly labels: string[] | undefined;
  private readonly redaction: Redaction;
  private seen: StoredTensor[] = [];
  private outputs: StoredTensor[] | undefined;
  private verdict = nothingSaid;

  /** @param personal columns with personal values, which are redacted as well */
  constructor(rules: CaptureRules, model: Pick<ServedModel, "signature" | "pipeline">, personal: ReadonlySet<string>) {
    this.rules = rules;
    this.labels = model.signature.labels;
    this.redaction = redactionOf(rules, model, personal);
  }

  /** Records the pipeline's tensors for the model. Must be called before the model runs, because that takes the buffers. */
  see(tensors: readonly Tensor[]): void {
    const { redaction, rules } = this;
    this.seen = tensors.map((tensor) => keepTensor(tensor, redaction.input(tensor.name), rules.maxBytes));
  }

  /** Records the outputs. Must be called before the response is written, because that may take the buffers. */
  addOutputs(outputs: readonly Tensor[]): void {
    const { redaction, rules } = this;
    this.outputs = outputs.map((tensor) => keepTensor(tensor, redaction.output(tensor.name), rules.maxBytes));
    this.verdict = this.evaluate(outputs);
  }

  /** Evaluates the outputs, as far as the log may contain them. */
  evaluate(outputs: readonly Tensor[]): Verdict {
    const includesAll = outputs.every(({ name }) => this.redaction.output(name) === "whole");
    return includesAll ? verdictOf(outputs, this.labels, this.rules.lowConfidence?.output ?? null) : nothingSaid;
  }

  /** Returns what was looked up for the request, as far as the log may have it. */
  featuresOf(lookedUp: FilledRequest): ServedFeatures | null {
    return servedFeatures(lookedUp, {
      keeps: (name) => this.redaction.input(name) === "whole",
      maxBytes: this.rules.maxBytes,
    });
  }

  /** Completes the record. @param request undefined when it could not be read */
  finish(request: InferRequest | undefined, status: number, error: string | undefined): Content {
    const { redaction, seen, outputs = [] } = this;
    const { maxBytes } = this.rules;
    const sent = request ? keepSent(request, redaction.input, maxBytes) : [];
    const besides = seen.filter(({ logged }) => !sent.some((one) => one.logged.name === logged.name));
    // Sent inputs and outputs come first: the model's inputs can be recomputed.
    const kept = keepWithin(maxBytes, [...sent, ...outputs, ...besides]);
    const [afterSent, afterOutputs] = [sent.length, sent.length + outputs.length];
    return {
      ...this.verdict,
      error: error === undefined ? null : redaction.error(status, error),
      inputs: request ? [...kept.slice(0, afterSent), ...kept.slice(afterOutputs)] : null,
      outputs: this.outputs ? kept.slice(afterSent, afterOutputs) : null,
    };
  }
}
