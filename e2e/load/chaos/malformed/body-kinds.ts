import { deflateSync, gzipSync } from "node:zlib";
import type { Random } from "#server/stats/random.ts";
import { pngFile } from "#server/testing/fixtures/serving/pipeline/testing.ts";
import { pick } from "#server/testing/fixtures/tracking/search/testing.ts";
import { rightInput } from "./json-kinds.ts";
import type { Kind } from "./kinds.ts";

const right = Buffer.from(JSON.stringify({ inputs: [rightInput] }));
/** 512 MB of spaces compressed to 500 KB, and 60 MB, which are within the limit. */
const bombs = [512, 60].map((megabytes) => gzipSync(Buffer.alloc(megabytes * 2 ** 20, " ")));
const picture = pngFile(
  8,
  8,
  0,
  Array.from({ length: 8 }, (_, row) => Array.from({ length: 8 }, (_, column) => row * column)),
);
/** Says that it is 40,000 pixels wide and high, and holds eight rows. */
const hugePicture = pngFile(40_000, 40_000, 0, [[1, 2, 3]]);

/** Mistakes in what a body is, however its JSON reads. */
export const bodyKinds: Record<string, Kind> = {
  "binary header": (random) => {
    const { json, tail } = binary(random);
    const length = pick(random, [
      json.length,
      json.length - 1,
      json.length + 1,
      0,
      -1,
      2 ** 31,
      2 ** 63,
      "1e2",
      "0x10",
      " ",
      "+5",
      "5,5",
      "\u00b2",
    ]);
    return { headers: { "inference-header-content-length": String(length) }, body: Buffer.concat([json, tail]) };
  },
  "binary tensor": (random) => {
    const { json, tail } = binary(random, pick(random, [0, 1, 15, 17, 2 ** 31, 2 ** 53, -4, 1.5]));
    const cut = tail.subarray(0, Math.floor(random() * (tail.length + 1)));
    return { headers: { "inference-header-content-length": String(json.length) }, body: Buffer.concat([json, cut]) };
  },
  "gzip bomb": (random) => ({
    headers: { "content-encoding": "gzip" },
    body: pick(random, random() < 0.1 ? bombs : [gzipSync(Buffer.alloc(2 ** 20, "["))]),
  }),
  "broken gzip": (random) => {
    const coding = pick(random, ["gzip", "deflate"]);
    const packed = coding === "gzip" ? gzipSync(right) : deflateSync(right);
    const broken = Buffer.from(packed.subarray(0, 1 + Math.floor(random() * packed.length)));
    const at = Math.floor(random() * broken.length);
    broken.writeUInt8((broken.readUInt8(at) + 1 + Math.floor(random() * 255)) % 256, at);
    return { headers: { "content-encoding": coding }, body: broken };
  },
  "wrong coding": (random) => ({
    headers: {
      "content-encoding": pick(random, [
        "br",
        "zstd",
        "gzip, gzip",
        "identity, gzip",
        "GZIP;q=1",
        "compress",
        "x",
        "gzip",
      ]),
    },
    body: pick(random, [right, gzipSync(gzipSync(right))]),
  }),
  picture: (random) => {
    const file = pick(random, [picture, picture, picture, hugePicture, Buffer.from("GIF89a"), Buffer.alloc(0)]);
    const broken = Buffer.from(file.subarray(0, pick(random, [file.length, Math.floor(random() * file.length)])));
    if (broken.length > 0) broken.writeUInt8(Math.floor(random() * 256), Math.floor(random() * broken.length));
    const data = [broken.toString(pick(random, ["base64", "base64", "latin1", "hex"]))];
    const input = { name: "picture", shape: [1], datatype: "BYTES", parameters: { content_type: "base64" }, data };
    return { path: "/v2/models/digits/infer", body: JSON.stringify({ inputs: [input] }) };
  },
  "random bytes": (random) => ({
    headers: { ...(random() < 0.5 && { "inference-header-content-length": "0" }) },
    body: Buffer.from(Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256))),
  }),
};

function binary(random: Random, size = 16): { json: Buffer; tail: Buffer } {
  const { data: _, ...input } = rightInput;
  const json = JSON.stringify({ inputs: [{ ...input, parameters: { binary_data_size: size } }] });
  return { json: Buffer.from(json), tail: Buffer.from(Array.from({ length: 16 }, () => Math.floor(random() * 256))) };
}
