import { and, desc, eq, isNotNull } from "drizzle-orm";
import { predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { FieldContract } from "../protection/contract.ts";
import { encodeBinary } from "../protocol/binary.ts";
import type { LoggedTensor } from "../protocol/contract.ts";
import { encodeJson } from "../protocol/encode-json.ts";
import { halvesAsBytes } from "../protocol/halves.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { LoadTestSettings } from "./contract.ts";
import { randomInputs } from "./synthetic-inputs.ts";

/** A request as it is sent, over and over. */
export interface LoadRequest {
  headers: Record<string, string>;
  body: Uint8Array;
}

const maxDistinct = 64;
const maxBytes = 32 * 2 ** 20;
/** Maximum number of elements that users typically send as JSON; larger tensors are sent as bytes. */
const maxJsonElements = 2048;

/** Generates different requests for a version; fewer if they are large. */
export function syntheticRequests(
  signature: Signature,
  fields: readonly FieldContract[],
  { rows, seed }: Pick<LoadTestSettings, "rows" | "seed">,
): LoadRequest[] {
  const encoded = (tensors: Tensor[]) => encode(tensors, hasHalves(signature));
  const first = encoded(randomInputs(signature, fields, { rows, seed }));
  const count = Math.min(maxDistinct, Math.max(1, Math.floor(maxBytes / Math.max(1, first.body.length))));
  const others = Array.from({ length: count - 1 }, (_, index) =>
    encoded(randomInputs(signature, fields, { rows, seed: seed + index + 1 })),
  );
  return [first, ...others];
}

/**
 * Returns the newest successful requests in an endpoint's prediction log that were stored completely and fit the version's own inputs.
 * @throws DomainError "conflict" when there is none
 */
export async function recordedRequests(ctx: Context, endpointId: string, signature: Signature): Promise<LoadRequest[]> {
  const rows = await ctx.db
    .select({ inputs: predictions.inputs })
    .from(predictions)
    .where(
      and(
        eq(predictions.workspaceId, ctx.actor.workspaceId),
        eq(predictions.endpointId, endpointId),
        eq(predictions.status, 200),
        isNotNull(predictions.inputs),
      ),
    )
    .orderBy(desc(predictions.at))
    .limit(4 * maxDistinct);
  const requests: LoadRequest[] = [];
  let bytes = 0;
  for (const { inputs } of rows) {
    const own = signature.inputs.map(({ name, datatype }) =>
      inputs?.find((logged) => logged.name === name && logged.datatype === datatype),
    );
    if (own.some((logged) => logged?.data === undefined)) continue;
    const request = recorded(own as LoggedTensor[], hasHalves(signature));
    bytes += request.body.length;
    if (requests.length === maxDistinct || (bytes > maxBytes && requests.length > 0)) break;
    requests.push(request);
  }
  if (requests.length > 0) return requests;
  throw new DomainError(
    "conflict",
    "The prediction log contains no complete request that fits this version. Increase the sampling rate, or use synthetic inputs.",
  );
}

/** Checks whether an input or output has half precision, which JSON cannot represent. */
function hasHalves({ inputs, outputs }: Signature): boolean {
  return [...inputs, ...outputs].some(({ datatype }) => datatype === "FP16");
}

function recorded(own: LoggedTensor[], isBinary: boolean): LoadRequest {
  if (!isBinary) return json(JSON.stringify({ inputs: own }));
  const parts = own.map(({ name, datatype, shape, data }) => ({ name, datatype, shape, data, binarySize: undefined }));
  const { inputs, tail } = halvesAsBytes(parts, Buffer.alloc(0));
  const sent = inputs.map(({ binarySize, ...part }) => {
    return binarySize === undefined ? part : { ...part, parameters: { binary_data_size: binarySize } };
  });
  return binary(JSON.stringify(sent), [tail]);
}

function encode(tensors: Tensor[], isBinary: boolean): LoadRequest {
  if (!isBinary && tensors.every(({ data }) => data.length <= maxJsonElements)) {
    const inputs = tensors.map((tensor) => `{${headOf(tensor)},"data":${encodeJson(tensor)}}`);
    return json(`{"inputs":[${inputs.join(",")}]}`);
  }
  const parts = tensors.map(encodeBinary);
  const inputs = tensors.map(
    (tensor, index) => `{${headOf(tensor)},"parameters":{"binary_data_size":${parts[index]?.length}}}`,
  );
  return binary(`[${inputs.join(",")}]`, parts);
}

function binary(inputs: string, tail: Buffer[]): LoadRequest {
  const head = Buffer.from(`{"inputs":${inputs},"parameters":{"binary_data_output":true}}`);
  return {
    headers: { "content-type": "application/octet-stream", "inference-header-content-length": String(head.length) },
    body: Buffer.concat([head, ...tail]),
  };
}

function headOf({ name, datatype, shape }: Tensor): string {
  return `"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${shape.join(",")}]`;
}

function json(text: string): LoadRequest {
  return { headers: { "content-type": "application/json" }, body: Buffer.from(text) };
}
