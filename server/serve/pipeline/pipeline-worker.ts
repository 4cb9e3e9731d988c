/** A thread that runs pipelines, one task at a time: loops over pixels must not block the thread that handles requests. */
import { parentPort } from "node:worker_threads";
import { DomainError } from "#server/base/errors.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { InferenceFailure } from "../pool/failure.ts";
import { transferList } from "../pool/transfer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { runOutputs } from "./run-after.ts";
import { runBefore } from "./run-before.ts";
import type { FromThread, ToThread } from "./thread-messages.ts";
import { warmUp } from "./warm-up.ts";

const port = parentPort;
if (!port) throw new Error("pipeline-worker.ts runs in a worker thread only.");
const definitions = new Map<string, Pipeline>();

port.on("message", async (message: ToThread | "close") => {
  if (message === "close") return port.close();
  const reply = await respond(message);
  port.postMessage(reply, reply.kind === "done" ? transferList(reply.tensors) : []);
});

async function respond(task: ToThread): Promise<FromThread> {
  try {
    return {
      kind: "done",
      tensors: await run(task),
      pictures: task.work.kind === "before" ? task.work.given.pictures : undefined,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof InferenceFailure && error.reason === "deadline") return { kind: "late", message };
    return { kind: error instanceof DomainError ? "refused" : "failed", message };
  }
}

async function run({ digest, definition, work, leftMs }: ToThread): Promise<Tensor[]> {
  if (definition) definitions.set(digest, definition);
  const pipeline = definitions.get(digest);
  if (!pipeline) throw new Error("The thread has not received this pipeline.");
  if (work.kind === "after") return runOutputs(pipeline, work.names, work.outputs, work.labels);
  if (work.kind === "warm-up") {
    await warmUp(pipeline, work.targets);
    return [];
  }
  const endsAt = performance.now() + leftMs;
  return runBefore(pipeline, work.given, work.targets, () => {
    if (performance.now() > endsAt) throw new Error("The request was cancelled.");
  });
}
