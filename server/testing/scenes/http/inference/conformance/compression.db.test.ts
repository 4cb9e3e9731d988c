import { deflateSync, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { expectError, tailOf } from "./ask.ts";
import { row, tensor } from "./bodies.ts";
import { openScene } from "./scene.ts";

const { ask, infer, refuse } = await openScene(["mlp", "id_fp32", "replay_x"]);
const json = Buffer.from(JSON.stringify({ inputs: [row] }));

test.each([
  ["gzip_json", "gzip", gzipSync(json)],
  ["deflate_json", "deflate", deflateSync(json)],
])("%s", async (_case, coding, body) => {
  expect((await infer("mlp", body, { "content-encoding": coding })).json.outputs[0].shape).toEqual([1, 3]);
});

test("gzip_binary", async () => {
  const head =
    '{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}],"parameters":{"binary_data_output":true}}';
  const body = gzipSync(Buffer.concat([Buffer.from(head), Buffer.from("0000803f00000040", "hex")]));
  const headers = { "content-encoding": "gzip", "inference-header-content-length": "134" };
  expect(tailOf(await infer("replay_x", body, headers))).toBe("0000803f00000040".repeat(3));
});

test("gzip_corrupt", async () => {
  await refuse("mlp", Buffer.from("garbage"), 400, /gzip/, { "content-encoding": "gzip" });
  await refuse("mlp", gzipSync(json).subarray(0, 20), 400, /gzip/, { "content-encoding": "gzip" });
});

test("gzip_bomb", async () => {
  const bomb = gzipSync(Buffer.alloc(70 * 2 ** 20));
  await refuse("mlp", bomb, 413, /uncompressed/, { "content-encoding": "gzip" });
  await infer("mlp", json);
});

test("encoding_unknown", async () => {
  const headers = { "content-encoding": "br" };
  const answer = await ask({ path: "/v2/models/mlp/infer", body: json, headers });
  expectError(answer, 415, /"br"/);
  expect(answer.headers["accept-encoding"]).toBe("gzip, deflate");
});

const large = { inputs: [tensor("x", "FP32", Array(2000).fill(0.5))], parameters: { binary_data_output: true } };
const openers = { gzip: gunzipSync, deflate: inflateSync };
test.each([
  ["response_gzip", "gzip", "gzip"],
  ["response_encoding_q", "gzip;q=0.1, deflate;q=0.9", "deflate"],
] as const)("%s", async (_case, accepted, coding) => {
  const { headers, body } = await infer("id_fp32", large, { "accept-encoding": accepted });
  expect(headers["content-encoding"]).toBe(coding);
  const length = Number(headers["inference-header-content-length"]);
  const opened = openers[coding](body);
  expect(JSON.parse(opened.subarray(0, length).toString()).outputs[0].parameters).toEqual({ binary_data_size: 8000 });
  expect(opened.length - length).toBe(8000);
  expect(Number(headers["content-length"])).toBe(body.length);
  expect(body.length).toBeLessThan(1000);
});

test("response_no_accept_encoding", async () => {
  const { headers, body } = await infer("id_fp32", large);
  expect(headers["content-encoding"]).toBeUndefined();
  expect(body.length).toBeGreaterThan(8000);
});

test("a small answer is not compressed, a large error and a large list are", async () => {
  const small = await infer("mlp", json, { "accept-encoding": "gzip" });
  expect(small.headers["content-encoding"]).toBeUndefined();
  const path = `/v2/models/${"m".repeat(2000)}`;
  const answer = await ask({ path, headers: { "accept-encoding": "gzip" } });
  expect([answer.status, answer.headers["content-encoding"]]).toEqual([404, "gzip"]);
  expect(JSON.parse(gunzipSync(answer.body).toString())).toEqual({ error: expect.any(String) });
});
