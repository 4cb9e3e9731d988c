/** A worker thread that holds one session and runs one request at a time: ONNX Runtime blocks the thread it is called on. */
import { readlinkSync } from "node:fs";
import { getPriority, setPriority } from "node:os";
import { basename } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import ort from "onnxruntime-node";
import type { ExecutionProvider } from "../contract.ts";
import { type NumericData, type Tensor, tensorTypes } from "../tensor.ts";
import { transferList } from "./transfer.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./worker-messages.ts";

// onnxruntime-node 1.30.0 refuses float16 inputs where this class exists; without it, it takes the raw bits.
Reflect.deleteProperty(globalThis, "Float16Array");

giveWay();

const settings = workerData as WorkerSettings;
const port = parentPort;
if (!port) throw new Error("model-worker.ts runs in a worker thread only.");
const post = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
const datatypeOf = new Map(
  Object.entries(tensorTypes).map(([datatype, type]) => [type.runtimeName, datatype as Tensor["datatype"]]),
);

const session = await open().catch((error: unknown) => {
  post({ kind: "unloadable", message: messageOf(error) });
  port.close();
});
if (session) {
  port.on("message", (message: ToWorker) => {
    if (message.kind === "run") void run(session, message.tensors, message.outputs);
    else void close(session);
  });
}

/**
 * Lets the thread that answers requests run first when the processor is full. Threads that ONNX Runtime starts from here
 * inherit it. Linux only, where a thread has a priority of its own; elsewhere nothing happens.
 */
function giveWay(): void {
  try {
    setPriority(Number(basename(readlinkSync("/proc/thread-self"))), Math.min(19, getPriority() + 5));
  } catch {
    // Without it, answers to other requests wait for the processor a little longer.
  }
}

async function open(): Promise<ort.InferenceSession> {
  const startedAt = performance.now();
  const session = await withGpu(() =>
    ort.InferenceSession.create(settings.path, {
      executionProviders: [settings.provider satisfies ExecutionProvider],
      intraOpNumThreads: settings.threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
      // Spinning threads cost 20 times the CPU of the inference itself at low request rates.
      extra: { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } },
    }),
  );
  post({ kind: "ready", loadMs: performance.now() - startedAt });
  return session;
}

async function run(session: ort.InferenceSession, tensors: Tensor[], outputs: string[]): Promise<void> {
  try {
    const startedAt = performance.now();
    const feeds: Record<string, ort.Tensor> = {};
    for (const tensor of tensors) feeds[tensor.name] = toRuntime(tensor);
    const builtAt = performance.now();
    const results = await withGpu(() => session.run(feeds, outputs));
    const ranAt = performance.now();
    const answer = outputs.map((name) => fromRuntime(name, results[name]));
    const timing = { inputMs: builtAt - startedAt, runMs: ranAt - builtAt, outputMs: performance.now() - ranAt };
    post({ kind: "done", tensors: answer, ...timing }, transferList(answer));
  } catch (error) {
    post({ kind: "failed", message: messageOf(error) });
  }
}

async function close(session: ort.InferenceSession): Promise<void> {
  await withGpu(() => session.release());
  // The thread ends by itself once nothing keeps its loop alive. It is never terminated: that aborts the process during a run.
  port?.close();
}

/**
 * Lets one thread of the process at a time touch the WebGPU device, which all sessions share:
 * concurrent calls from several threads crash the process (seen with onnxruntime-node 1.30.0).
 */
async function withGpu<Result>(work: () => Promise<Result>): Promise<Result> {
  if (settings.provider !== "webgpu") return work();
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
