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

/** What a request leaves for the prediction log, gathered on its way. Redacted values are digests from the first moment on. */
export class RecordDraft {
  private readonly rules: CaptureRules;
  private readonly labels: string[] | undefined;
  private readonly redaction: Redaction;
  private seen: StoredTensor[] = [];
  private outputs: StoredTensor[] | undefined;
  private verdict = nothingSaid;

  constructor(rules: CaptureRules, model: Pick<ServedModel, "signature" | "pipeline">) {
    this.rules = rules;
    this.labels = model.signature.labels;
    this.redaction = redactionOf(rules, model);
  }

  /** What a pipeline made for the model. To be called before it runs, since that takes the buffers. */
  see(tensors: readonly Tensor[]): void {
    const { redaction, rules } = this;
    this.seen = tensors.map((tensor) => keepTensor(tensor, redaction.input(tensor.name), rules.maxBytes));
  }

  /** What came out. To be called before the answer is written, since that may take the buffers. */
  addOutputs(outputs: readonly Tensor[]): void {
    const { redaction, rules } = this;
    this.outputs = outputs.map((tensor) => keepTensor(tensor, redaction.output(tensor.name), rules.maxBytes));
    this.verdict = this.evaluate(outputs);
  }

  /** What outputs say, as far as the log may tell. */
  evaluate(outputs: readonly Tensor[]): Verdict {
    const includesAll = outputs.every(({ name }) => this.redaction.output(name) === "whole");
    return includesAll ? verdictOf(outputs, this.labels, this.rules.lowConfidence?.output ?? null) : nothingSaid;
  }

  /** @param request undefined when it could not be read */
  finish(request: InferRequest | undefined, status: number, error: string | undefined): Content {
    const { redaction, seen, outputs = [] } = this;
    const { maxBytes } = this.rules;
    const sent = request ? keepSent(request, redaction.input, maxBytes) : [];
    const besides = seen.filter(({ logged }) => !sent.some((one) => one.logged.name === logged.name));
    // What came and what was answered first: what the model saw can be made again.
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
