import { gzipSync } from "node:zlib";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { pngFile } from "#server/testing/fixtures/serving/pipeline/testing.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import { digits } from "../digits.ts";
import type { RunningGateway } from "../gateway.ts";
import type { Served } from "../gateway-fixture.ts";
import type { Kind } from "./open-loop.ts";

const tiny = mlpModel([4, 16, 3]);
const [width, rows] = [256, 64];
const middle = mlpModel([width, 512, 512, 16]);
const middleSignature: Signature = {
  ...mlpSignature,
  inputs: [{ name: "x", datatype: "FP32", shape: ["N", width] }],
  outputs: [{ name: "y", datatype: "FP32", shape: ["N", 16] }],
};
/** Cache that holds the few most frequent bodies, but not all others, so that there are hits, misses and evictions. */
const cache = { ttlSeconds: 60, maxBytes: 32_768, coalesces: true };

/** Endpoint whose version changes under load. */
export const changing = (version: number): Served => ({
  name: "changing",
  model: mlpModel([4, 16, 3], { metadata: { build: String(version) } }),
  signature: mlpSignature,
});

/** Deploys everything that a mixed load requests, and waits until it is serving. */
export async function serveMixed({ fixture, untilServed }: RunningGateway): Promise<void> {
  const served: Served[] = [
    { name: "tiny", model: tiny, signature: mlpSignature, captureShare: 0.2 },
    { name: "kept", model: tiny, signature: mlpSignature, captureShare: 0.1, cache },
    { name: "middle", model: middle, signature: middleSignature, captureShare: 0.05 },
    {
      name: "joined",
      model: middle,
      signature: middleSignature,
      execution: { maxQueueDelayMicroseconds: 2000, preferredBatchSizes: [8] },
    },
    { ...(await digits()), captureShare: 0.2 },
    changing(1),
  ];
  for (const one of served) await fixture.deploy(one);
  for (const { name } of served) await untilServed(name);
}

/** Returns about 300 requests per second of every kind that a gateway receives, some of them invalid. */
export function mixedLoad({ url, headers }: Pick<RunningGateway, "url" | "headers">): Kind[] {
  const to = (endpoint: string, body: Buffer | string, extra: Record<string, string> = {}) => ({
    url: `${url}/v2/models/${endpoint}/infer`,
    body,
    headers: { "content-type": "application/json", ...headers, ...extra },
  });
  const gzip = { "content-encoding": "gzip", "accept-encoding": "gzip" };
  const packed = gzipSync(row(1));
  const binary = binaryRequest();
  const wide = JSON.stringify({ inputs: [input([1, width], Array(width).fill(0.1))] });
  const wrong = [
    to("tiny", '{"inputs":[{"name":"x","shape":[1,5],"datatype":"FP32","data":[1,2,3,4,5]}]}'),
    to("tiny", '{"inputs":['),
    to("tiny", '{"inputs":[{"name":"z","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}]}'),
    to("tiny", '{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":["a",2,3,4]}]}'),
  ];
  return [
    { name: "JSON", everyMs: 12, status: 200, request: (number) => to("tiny", row(number)) },
    { name: "JSON, gzip", everyMs: 100, status: 200, request: () => to("tiny", packed, gzip) },
    { name: "binary, 64 KB", everyMs: 100, status: 200, request: () => to("middle", binary.body, binary.headers) },
    { name: "batches of 8", everyMs: 125, burst: 8, status: 200, request: () => to("joined", wide) },
    { name: "pictures", everyMs: 200, status: 200, request: (number) => to("digits", picture(number)) },
    {
      name: "answers kept",
      everyMs: 20,
      status: 200,
      request: (number) => to("kept", row(number % 5 === 0 ? 100 + ((number / 5) % 200) : number % 9)),
    },
    { name: "version that changes", everyMs: 20, status: 200, request: (number) => to("changing", row(number)) },
    {
      name: "mistakes",
      everyMs: 125,
      status: 400,
      request: (number) => wrong[number % wrong.length] ?? to("tiny", ""),
    },
    { name: "unknown endpoints", everyMs: 500, status: 404, request: (number) => to(`none-${number}`, row(number)) },
    {
      name: "wrong tokens",
      everyMs: 500,
      status: 401,
      request: (number) => to("tiny", row(1), { authorization: `Bearer lw_${number}` }),
    },
    {
      name: "clients that leave",
      everyMs: 333,
      abortAfterMs: 4,
      status: 200,
      request: () => to("middle", binary.body, binary.headers),
    },
  ];
}

const input = (shape: number[], data: number[]) => ({ name: "x", shape, datatype: "FP32", data });

/** Returns one row, a different one for each number. */
function row(number: number): string {
  return JSON.stringify({ inputs: [input([1, 4], [number / 100, 0.2, 0.3, 0.4])] });
}

function binaryRequest(): { headers: Record<string, string>; body: Buffer } {
  const tensor = Buffer.from(new Float32Array(rows * width).fill(0.1).buffer);
  const parameters = { binary_data_size: tensor.length };
  const described = { name: "x", shape: [rows, width], datatype: "FP32", parameters };
  const head = Buffer.from(JSON.stringify({ inputs: [described], parameters: { binary_data_output: true } }));
  const length = { "inference-header-content-length": String(head.length) };
  return { headers: { "content-type": "application/octet-stream", ...length }, body: Buffer.concat([head, tensor]) };
}

function picture(number: number): string {
  const side = 32 + (number % 8);
  const pixels = Array.from({ length: side }, (_, y) => Array.from({ length: side }, (_, x) => (x * y + number) % 256));
  const data = [pngFile(side, side, 0, pixels).toString("base64")];
  const described = { name: "picture", shape: [1], datatype: "BYTES", parameters: { content_type: "base64" }, data };
  return JSON.stringify({ inputs: [described] });
}
