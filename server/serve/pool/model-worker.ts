/**
 * A worker, in a separate thread or process, that holds one session and runs one request at a time: ONNX Runtime blocks the calling
 * thread.
 */
import { closeSync, openSync, readlinkSync } from "node:fs";
import { getPriority, setPriority } from "node:os";
import { basename } from "node:path";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import ort from "onnxruntime-node";
import { fileSource } from "#server/develop/registry/onnx/byte-sources.ts";
import { growingOperator } from "#server/develop/registry/onnx/growing-operator.ts";
import { rowMixingOperator } from "#server/develop/registry/onnx/row-mixing-operator.ts";
import type { ExecutionProvider } from "../../develop/registry/execution/contract.ts";
import { type NumericData, type Tensor, tensorTypes } from "../tensor/tensor.ts";
import { requireSmall } from "./output-size.ts";
import { isOutOfMemory } from "./runtime-message.ts";
import { transferList } from "./transfer.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./worker-messages.ts";

// onnxruntime-node 1.30.0 refuses float16 inputs where this class exists; without it, it takes the raw bits.
Reflect.deleteProperty(globalThis, "Float16Array");

giveWay();

const { settings, post, onMessage, leave } = parentPort ? inThread(parentPort) : inProcess();
const datatypeOf = new Map(
  Object.entries(tensorTypes).map(([datatype, type]) => [type.runtimeName, datatype as Tensor["datatype"]]),
);

const startedAt = performance.now();
let session = await open().catch(stopUnloadable);
if (session) {
  post({ kind: "ready", loadMs: performance.now() - startedAt, ...findOperators() });
  onMessage((message) => {
    if (message.kind === "run") void run(message.tensors, message.outputs);
    else void close();
  });
}

function stopUnloadable(error: unknown): undefined {
  post({ kind: "unloadable", message: messageOf(error) });
  leave();
}

interface Surroundings {
  settings: WorkerSettings;
  post(message: FromWorker, transfer?: ArrayBuffer[]): void;
  onMessage(receive: (message: ToWorker) => void): void;
  /** Lets the worker exit once nothing keeps its loop alive. A thread is never terminated: that aborts the process during a run. */
  leave(): void;
}

function inThread(port: MessagePort): Surroundings {
  return {
    settings: workerData as WorkerSettings,
    post: (message, transfer = []) => port.postMessage(message, transfer),
    onMessage: (receive) => port.on("message", receive),
    leave: () => port.close(),
  };
}

function inProcess(): Surroundings {
  // Ctrl+C reaches every process of the terminal; the gateway decides when this one exits.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
  // Without its gateway, no caller waits for its work.
  process.once("disconnect", () => process.exit());
  const exitIfUnsent = (error: Error | null) => {
    if (error) process.exit();
  };
  return {
    settings: JSON.parse(process.argv[2] ?? "{}") as WorkerSettings,
    post: (message) => void process.send?.(message, exitIfUnsent),
    onMessage: (receive) => process.on("message", receive),
    leave: () => process.disconnect(),
  };
}

/**
 * Lowers the thread's priority, so that the thread that handles requests runs first when the processor is full, and versions that are
 * trusted run before those in processes of their own. Threads that ONNX Runtime starts from here inherit it. Linux only, where threads
 * have individual priorities; elsewhere nothing happens.
 */
function giveWay(): void {
  try {
    const lower = parentPort ? 5 : 10;
    setPriority(Number(basename(readlinkSync("/proc/thread-self"))), Math.min(19, getPriority() + lower));
  } catch {
    // Without it, responses to other requests wait slightly longer for the processor.
  }
}

function open(): Promise<ort.InferenceSession> {
  return withGpu(() =>
    ort.InferenceSession.create(settings.path, {
      executionProviders: [settings.provider satisfies ExecutionProvider],
      intraOpNumThreads: settings.threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      graphOptimizationLevel: "all",
      // A failed run returns its messages with its error, once for each request.
      logSeverityLevel: 4,
      // Spinning threads cost 20 times the CPU of the inference itself at low request rates.
      extra: { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } },
    }),
  );
}

/** Reads the operators of the file that decide where the model may run, and whether its requests may be batched. */
function findOperators(): Pick<Extract<FromWorker, { kind: "ready" }>, "growingOperator" | "rowMixingOperator"> {
  const descriptor = openSync(settings.path, "r");
  try {
    const find = (operator: typeof growingOperator) => {
      try {
        return operator(fileSource(descriptor));
      } catch (error) {
        return `unreadable: ${messageOf(error)}`;
      }
    };
    // Only a process looks for the first: a model in a thread has been looked at before, or someone decided.
    return {
      growingOperator: parentPort ? undefined : find(growingOperator),
      rowMixingOperator: find(rowMixingOperator),
    };
  } finally {
    closeSync(descriptor);
  }
}

async function run(tensors: Tensor[], outputs: string[]): Promise<void> {
  const current = session;
  if (!current) return leave();
  try {
    const startedAt = performance.now();
    const feeds: Record<string, ort.Tensor> = {};
    for (const tensor of tensors) feeds[tensor.name] = toRuntime(tensor);
    const builtAt = performance.now();
    const results = await withGpu(() => current.run(feeds, outputs));
    const ranAt = performance.now();
    requireSmall(results);
    const prediction = outputs.map((name) => fromRuntime(name, results[name]));
    const timing = { inputMs: builtAt - startedAt, runMs: ranAt - builtAt, outputMs: performance.now() - ranAt };
    post({ kind: "done", tensors: prediction, ...timing }, parentPort ? transferList(prediction) : []);
  } catch (error) {
    const message = messageOf(error);
    // Its arena has grown to what it failed to get, and would fail again for a request of any size.
    if (isOutOfMemory(message)) await reopen(current);
    post({ kind: "failed", message });
  }
}

async function reopen(current: ort.InferenceSession): Promise<void> {
  await withGpu(() => current.release());
  session = await open().catch(stopUnloadable);
}

async function close(): Promise<void> {
  await withGpu(async () => session?.release());
  leave();
}

/**
 * Lets one thread of the process at a time use the WebGPU device, which all sessions share: concurrent calls from several threads
 * crash the process (seen with onnxruntime-node 1.30.0).
 */
async function withGpu<Result>(work: () => Promise<Result>): Promise<Result> {
  if (settings.provider !== "webgpu" || !settings.gpuLock) return work();
  const lock = new Int32Array(settings.gpuLock);
  while (Atomics.compareExchange(lock, 0, 0, 1) !== 0) Atomics.wait(lock, 0, 1);
  try {
    return await work();
  } finally {
    Atomics.store(lock, 0, 0);
    Atomics.notify(lock, 0, 1);
  }
}

function toRuntime(tensor: Tensor): ort.Tensor {
  const type = tensorTypes[tensor.datatype].runtimeName as ort.Tensor.Type;
  return new ort.Tensor(type, tensor.data as ort.Tensor.DataType, tensor.shape);
}

function fromRuntime(name: string, value: ort.Tensor | undefined): Tensor {
  const datatype = value && datatypeOf.get(value.type);
  if (!value || !datatype) throw new Error(`The model gave no tensor for its output '${name}'.`);
  return { name, datatype, shape: [...value.dims], data: value.data as NumericData | string[] };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
