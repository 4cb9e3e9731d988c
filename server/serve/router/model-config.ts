import type { Datatype, Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { ExecutionSettings } from "../../develop/registry/execution/contract.ts";
import type { OpenedModel } from "../pool/open-model.ts";
import { hasBatchDimension } from "../tensor/batch-dimension.ts";

interface ConfiguredModel {
  name: string;
  /** All that can be addressed, in order. */
  versions: number[];
  signature: Signature;
  execution: ExecutionSettings;
  /** Whether the endpoint caches predictions. */
  isCached: boolean;
  /** Undefined while the version is not loaded. */
  opened: OpenedModel | undefined;
}

/**
 * Builds Triton's ModelConfig in JSON (docs/spec/open-inference-protocol.md section 13.2). With a batch dimension, `max_batch_size` is
 * above 0 and `dims` omit that dimension; perf_analyzer builds its requests from that.
 */
export function modelConfig({ name, versions, signature, execution, isCached, opened }: ConfiguredModel): object {
  const isBatched = hasBatchDimension(signature);
  const dims = ({ shape }: TensorSpec) =>
    (isBatched ? shape.slice(1) : shape).map((dimension) => (typeof dimension === "string" ? -1 : dimension));
  const input = (spec: TensorSpec) => ({
    name: spec.name,
    data_type: typeOf(spec.datatype),
    format: "FORMAT_NONE",
    dims: dims(spec),
    is_shape_tensor: false,
    allow_ragged_batch: false,
    optional: false,
  });
  const output = (spec: TensorSpec) => ({
    name: spec.name,
    data_type: typeOf(spec.datatype),
    dims: dims(spec),
    label_filename: "",
    is_shape_tensor: false,
  });
  const runsTogether = (opened?.batching.maxBatchSize ?? 1) > 1;
  const engine = opened?.pool.state.engine;
  const kind = engine ? "KIND_AUTO" : opened && opened.provider !== "cpu" ? "KIND_GPU" : "KIND_CPU";
  return {
    ...(engine ? { name, platform: engine.name, backend: engine.name } : { name, ...ownBackend }),
    version_policy: { specific: { versions } },
    max_batch_size: isBatched ? execution.maxBatchSize : 0,
    input: signature.inputs.map(input),
    output: signature.outputs.map(output),
    ...(runsTogether && { dynamic_batching: dynamicBatching(execution) }),
    instance_group: [{ name, kind, count: opened?.workers || 1 }],
    default_model_filename: "model.onnx",
    model_warmup: [],
    model_transaction_policy: { decoupled: false },
    response_cache: { enable: isCached },
  };
}

const ownBackend = { platform: "onnxruntime_onnx", backend: "onnxruntime" };

function dynamicBatching(execution: ExecutionSettings): object {
  return {
    preferred_batch_size: execution.preferredBatchSizes,
    max_queue_delay_microseconds: execution.maxQueueDelayMicroseconds,
    preserve_ordering: false,
    priority_levels: execution.priorityLevels,
    default_priority_level: execution.defaultPriorityLevel,
    default_queue_policy: {
      timeout_action: "REJECT",
      default_timeout_microseconds: execution.timeoutMs * 1000,
      allow_timeout_override: true,
      max_queue_size: execution.maxQueueSize,
    },
  };
}

/** Returns Triton's name of a datatype, which differs for BYTES. */
function typeOf(datatype: Datatype): string {
  return `TYPE_${datatype === "BYTES" ? "STRING" : datatype}`;
}
