import { setTimeout as pause } from "node:timers/promises";
import { DomainError } from "#server/base/errors.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { ExecutionCounts } from "../pool/execution-counts.ts";
import { InferenceFailure, lateFailure } from "../pool/failure.ts";
import type { PoolState } from "../pool/model-pool.ts";
import type { RunningModel } from "../pool/running-model.ts";
import type { PoolRequest, PoolResult } from "../pool/waiting-request.ts";
import { jsonLengthHeader } from "../protocol/binary.ts";
import { rowCount, type Tensor } from "../tensor/tensor.ts";
import { Breaker } from "./breaker.ts";
import type { Called, EngineClient, EngineResponse } from "./engine-client.ts";
import { fitOutput } from "./fit-output.ts";
import { isFailure, nextTry } from "./next-try.ts";
import { decodeInferResponse, encodeRequest, refusalOf } from "./wire.ts";

interface RemoteOptions {
  /** For messages: "digits version 3 on triton". */
  name: string;
  /** As the server calls itself. */
  server: { name: string; version: string; isBinary: boolean; takesTimeout: boolean };
  signature: Signature;
  /** Path of the model, below "/v2". */
  path: string;
  /** Maximum time of one attempt. */
  timeoutMs: number;
  /** Maximum number of requests in flight; more are rejected. */
  maxConcurrent: number;
  loadMs: number;
}

/** Runs requests of one version on an engine: bounded, retried where that is safe, and protected by a circuit breaker. */
export class RemoteModel implements RunningModel {
  readonly breaker = new Breaker();
  private readonly options: RemoteOptions;
  private readonly client: EngineClient;
  private readonly counts = new ExecutionCounts();
  private running = 0;
  private runningRows = 0;
  private tries = 0;
  private retries = 0;
  private closing = false;
  private whenQuiet: (() => void) | undefined;
  private readonly onClose: () => void;

  /** @param onClose called when it no longer accepts requests. */
  constructor(options: RemoteOptions, client: EngineClient, onClose: () => void = () => {}) {
    this.options = options;
    this.client = client;
    this.onClose = onClose;
  }

  get state(): PoolState {
    const { running, runningRows: pendingRows, counts, tries, retries } = this;
    const { loadMs, server } = this.options;
    const { state: circuit, reason } = this.breaker.circuit;
    return {
      queued: 0,
      running,
      workers: 0,
      restarts: 0,
      hung: 0,
      loadMs,
      kind: undefined,
      pids: [],
      counts,
      pendingRows,
      warmUpMs: 0,
      busyMs: [],
      engine: {
        name: server.name,
        version: server.version,
        isBinary: server.isBinary,
        circuit,
        tries,
        retries,
        opened: this.breaker.opened,
        ...(reason !== undefined && circuit !== "closed" && { message: reason }),
      },
    };
  }

  async run(request: PoolRequest): Promise<PoolResult> {
    const { name, maxConcurrent } = this.options;
    if (this.closing) throw unavailable(`${name} is being unloaded. Try again.`, 1);
    if (this.running >= maxConcurrent) {
      throw unavailable(
        `${name} has reached its limit of concurrent requests (${this.running}). Retry in 1\u00a0s.`,
        1,
      );
    }
    const rows = rowCount(request.tensors);
    this.running += 1;
    this.runningRows += rows;
    try {
      return await this.predict(request);
    } finally {
      this.running -= 1;
      this.runningRows -= rows;
      if (this.closing && this.running === 0) this.whenQuiet?.();
    }
  }

  async drain(): Promise<void> {
    this.closing = true;
    this.onClose();
    if (this.running > 0) await new Promise<void>((resolve) => (this.whenQuiet = resolve));
    await this.client.close();
  }

  private async predict(request: PoolRequest): Promise<PoolResult> {
    const startedAt = performance.now();
    const { isBinary, takesTimeout } = this.options.server;
    const { tensors, outputs } = request;
    const rows = rowCount(tensors);
    const timeoutMs = takesTimeout ? request.deadlineAt - startedAt : undefined;
    const message = encodeRequest({ tensors, outputs, isBinary, timeoutMs });
    const sentAt = performance.now();
    const prediction = await this.send(message, request);
    const answeredAt = performance.now();
    const predictions = this.read(prediction, outputs);
    const endedAt = performance.now();
    const [inputMs, runMs, outputMs] = [sentAt - startedAt, answeredAt - sentAt, endedAt - answeredAt];
    const batch = { startedAt, endedAt, requests: 1, rows, traces: request.trace ? [request.trace] : [] };
    this.counts.add(rows, { inputMs, runMs, outputMs });
    return { tensors: predictions, queueMs: 0, inputMs, runMs, outputMs, batch };
  }

  /** Sends the request until a response is conclusive. */
  private async send(message: ReturnType<typeof encodeRequest>, request: PoolRequest): Promise<EngineResponse> {
    const { name, path, timeoutMs } = this.options;
    const startedAt = performance.now();
    for (let tries = 1; ; tries += 1) {
      const leftMs = request.deadlineAt - performance.now();
      if (request.isGone?.()) throw new InferenceFailure("canceled", "The client disconnected before the response.");
      if (leftMs <= 0) throw lateFailure(request.deadlineAt - startedAt);
      this.breaker.admit(name);
      this.tries += 1;
      if (tries > 1) this.retries += 1;
      const called = await this.client.post(`${path}/infer`, message, Math.min(timeoutMs, leftMs));
      // A time-out of a request with too little time left reveals nothing about the engine; its health check does.
      const wasShort = called.kind === "late" && leftMs < timeoutMs;
      if (wasShort) this.breaker.noteNothing();
      else if (isFailure(called)) this.breaker.noteFailure(this.said(called));
      else this.breaker.recordResponse();
      if (called.kind === "answered" && called.status >= 200 && called.status < 300) return called;
      const waitMs = nextTry(called, { tries, leftMs: request.deadlineAt - performance.now() });
      if (waitMs === undefined) throw wasShort ? lateFailure(request.deadlineAt - startedAt) : this.refused(called);
      await pause(waitMs);
    }
  }

  private said(called: Called): string {
    const { name, timeoutMs } = this.options;
    if (called.kind === "lost") return `${name} is unreachable: ${called.message.replace(/\.$/, "")}.`;
    if (called.kind === "late") return `${name} did not respond within ${timeoutMs}\u00a0ms.`;
    return `${name} responded with ${called.status}: ${refusalOf(called.body).replace(/\.$/, "")}.`;
  }

  private refused(called: Called): Error {
    const said = this.said(called);
    if (called.kind === "lost") return unavailable(said, 1);
    if (called.kind === "late" || called.status === 504) return new InferenceFailure("deadline", said);
    const { status, retryAfterSeconds = 1 } = called;
    if (status === 503 || status === 429) return unavailable(said, retryAfterSeconds);
    if (isFailure(called)) return new InferenceFailure("model", said);
    return new DomainError(status === 413 ? "too-large" : "invalid", said);
  }

  private read({ body, headers }: EngineResponse, outputs: readonly string[]): Tensor[] {
    const { name, signature } = this.options;
    const specs = outputs.flatMap((output) => signature.outputs.find((spec) => spec.name === output) ?? []);
    try {
      const tensors = decodeInferResponse(body, [headers[jsonLengthHeader]].flat()[0], specs);
      return tensors.map((tensor, index) => fitOutput(tensor, specs[index]?.shape ?? []));
    } catch (cause) {
      if (!(cause instanceof DomainError)) throw cause;
      throw new InferenceFailure("model", `Invalid response from ${name}: ${cause.message}.`, { cause });
    }
  }
}

function unavailable(message: string, retryAfterSeconds: number): DomainError {
  return new DomainError("unavailable", message, { retryAfterSeconds });
}
