import { dirname } from "node:path";
import { plainStarter } from "#server/base/confinement/confined-processes.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { FairSlots } from "#server/base/fair-slots.ts";
import { mebibytes } from "#server/base/format-number.ts";
import type { OnnxGraph, Signature } from "#server/develop/registry/onnx/contract.ts";
import type { DescribeReply } from "./describe-worker.ts";

export interface DescribeOptions {
  /** Workspace that has the file, if one has it. A file that hangs holds up only the other ones of its workspace. */
  workspaceId?: string;
  /** Path of the ONNX file on this machine's disk. */
  path: string;
  /** True for a single uploaded file: weights in a second file are then missing, whatever lies beside it. */
  isAlone: boolean;
  /** SHA-256 as it was recorded when the files were stored, by their paths from the model's folder. Any other content is refused. */
  recorded?: ReadonlyMap<string, string>;
}

export interface ModelDescription {
  signature: Signature;
  graph: OnnxGraph;
  /** Bytes of the model and of its files with weights. */
  sizeBytes: number;
  /** Hex digest of the model's bytes, followed by those of its external weight files in order of name. */
  sha256: string;
}

/** Type through which commands receive describeModel, which must not be imported by code that Next bundles. */
export type DescribeModel = (options: DescribeOptions) => Promise<ModelDescription>;

const worker = new URL("./describe-worker.ts", import.meta.url);
const limitMs = 10 * minuteMs;

// Usually one model at a time in each role: each takes as much memory as its weights.
const slots = new FairSlots({ slots: 1, maxPerTenant: 1, maxHoldMs: 20_000, maxRunning: 3 });

/**
 * Loads an ONNX file once in a separate process and returns its signature and graph.
 * Only for processes that run from source: a bundle cannot start the process.
 * @throws DomainError "invalid" that describes the problem with the file.
 */
export const describeModel: DescribeModel = (options) => slots.run(options.workspaceId ?? "", () => inProcess(options));

/** Describes it in a process that ends on its own, so that a model that crashes ONNX Runtime, or needs too much memory, ends only that. */
function inProcess(options: DescribeOptions): Promise<ModelDescription> {
  const { promise, resolve, reject } = Promise.withResolvers<ModelDescription>();
  const processes = plainStarter({ folder: dirname(options.path), usesGpu: false });
  const tooLarge = `The model needs more memory to load than the limit of ${mebibytes(processes.maxBytes)}.`;
  const child = processes.start(worker, [], () => reject(new DomainError("invalid", tooLarge)));
  const timer = setTimeout(() => {
    reject(new DomainError("invalid", `The model did not load within ${limitMs / minuteMs} minutes.`));
    child.kill("SIGKILL");
  }, limitMs);
  child.once("message", (reply: DescribeReply) => {
    if (reply.kind === "described") resolve(reply.description);
    else if (reply.kind === "refused") reject(new DomainError(reply.code, reply.message));
    else reject(new Error(`Opening a model failed: ${reply.message}`));
  });
  child.once("error", reject);
  const end = () => reject(new DomainError("invalid", "The model crashed the process that loaded it."));
  // Its message may arrive after its exit.
  child.once("exit", () => (child.connected ? child.once("disconnect", end) : end()));
  child.send(options, () => {});
  return promise.finally(() => clearTimeout(timer));
}
