import type { FastifyInstance, FastifyRequest } from "fastify";
import { DomainError } from "#server/base/errors.ts";
import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { planPipeline } from "#server/develop/registry/pipeline/plan.ts";
import { type AddressedVersion, addressable } from "#server/serve/router/addressed-version.ts";
import type { GatewayCore } from "#server/serve/router/gateway-core.ts";
import type { ServedPipeline } from "#server/serve/versions/served-model.ts";
import { callerOf } from "./caller.ts";
import { only } from "./only.ts";

export interface ModelAddress {
  model: string;
  version?: string;
}

/** With and without a version in the address. */
export const modelPaths = ["/models/:model", "/models/:model/versions/:version"] as const;

/** Registers the list of models, and metadata and readiness of one: docs/spec/open-inference-protocol.md sections 1 and 5. */
export function modelRoutes(app: FastifyInstance, core: GatewayCore): void {
  only(app, { method: "GET", url: "/models" }, (request) => ({
    models: core.endpoints(callerOf(request)).served.map(({ route }) => route.name),
  }));
  const find = (request: FastifyRequest): AddressedVersion => {
    const { model, version } = request.params as ModelAddress;
    return core.version(callerOf(request), model, version);
  };
  for (const path of modelPaths) {
    only(app, { method: "GET", url: path }, (request) => metadataOf(find(request)));
    only(app, { method: "GET", url: `${path}/ready` }, (request) => {
      const { endpoint, version } = find(request);
      const { name } = endpoint.route;
      const { circuit, message } = version.opened?.pool.state.engine ?? {};
      if (circuit === "open")
        throw new DomainError("unavailable", message ?? "The external engine is failing.", { retryAfterSeconds: 1 });
      if (version.state === "ready") return { name, ready: true };
      const why = version.state === "failed" ? `failed: ${version.message}` : "is being loaded";
      throw new DomainError("unavailable", `'${name}' ${why}`, { retryAfterSeconds: 1 });
    });
  }
}

function metadataOf({ endpoint, version }: AddressedVersion): object {
  const { model, opened } = version;
  return {
    name: endpoint.route.name,
    versions: addressable(endpoint).map(({ model }) => String(model.version)),
    platform: "onnx_onnxv1",
    inputs: model.signature.inputs.map(onWire),
    outputs: model.signature.outputs.map(onWire),
    properties: {
      model: model.modelName,
      ...(opened && { provider: opened.provider }),
      ...(model.pipeline && { pipeline_digest: model.pipeline.digest }),
    },
    ...(model.pipeline && pipelineOf(model.pipeline, model.signature)),
  };
}

/** Describes the alternative inputs, separate from `inputs`: clients that send everything listed in `inputs` must not find both there. */
function pipelineOf({ definition, digest }: ServedPipeline, signature: Signature): object {
  const { inputs, optional, outputs } = planPipeline(definition, signature);
  const optionalInputs = optional.length > 0 && { optional_inputs: optional.map(onWire) };
  return { pipeline: { digest, inputs: inputs.map(onWire), ...optionalInputs, outputs: outputs.map(onWire) } };
}

/** Converts a tensor's description to the wire format, in which a symbolic dimension is -1. */
function onWire({ name, datatype, shape }: TensorSpec): object {
  return { name, datatype, shape: shape.map((dimension) => (typeof dimension === "string" ? -1 : dimension)) };
}
