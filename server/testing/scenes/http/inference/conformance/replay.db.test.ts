import { expect, test } from "vitest";
import { tailOf } from "./ask.ts";
import { withTail } from "./bodies.ts";
import type { FixtureName } from "./fixtures.ts";
import { openScene } from "./scene.ts";

const asBinary = '"parameters":{"binary_data_output":true}}';
const floats = "0000803f 00000040";
/** A request with one binary input, as tritonclient.http writes it. */
const one = (name: string, shape: string, datatype: string, size: number, rest = asBinary, id = "") =>
  `{${id}"inputs":[{"name":"${name}","shape":[${shape}],"datatype":"${datatype}","parameters":{"binary_data_size":${size}}}],${rest}`;

/**
 * F1 to F15 of docs/spec/open-inference-protocol.md section 9.6: JSON, its length, the bytes behind it, and the bytes that the
 * copies of the inputs come back as.
 */
const recorded: [string, FixtureName, string, number, string, string][] = [
  ["F1", "replay_x", one("x", "1,2", "FP32", 8), 134, floats, floats.repeat(3)],
  ["F2", "replay_x", one("x", "1,2", "FP32", 8, asBinary, '"id":"42",'), 144, floats, floats.repeat(3)],
  ["F3", "replay_s", one("s", "2", "BYTES", 11), 134, "01000000 61 02000000 6263", "01000000 61 02000000 6263"],
  ["F4", "replay_s", one("s", "2", "BYTES", 10), 134, "00000000 02000000 c3a9", "00000000 02000000 c3a9"],
  ["F5", "replay_b", one("b", "3", "BOOL", 3), 132, "010001", "010001"],
  [
    "F6",
    "replay_i64",
    one("i", "2", "INT64", 16),
    134,
    "0100000000002000 ffffffffffffffff",
    "0100000000002000 ffffffffffffffff",
  ],
  ["F7", "replay_u64", one("i", "1", "UINT64", 8), 134, "ffffffffffffffff", "ffffffffffffffff"],
  ["F8", "replay_h", one("h", "3", "FP16", 6), 132, "003c00c00038", "003c00c00038"],
  [
    "F9",
    "replay_d",
    one("d", "2", "FP64", 16),
    133,
    "000000000000f03f 000000000000e0bf",
    "000000000000f03f 000000000000e0bf",
  ],
  [
    "F10",
    "replay_ac",
    `{"inputs":[{"name":"a","shape":[2],"datatype":"INT8","parameters":{"binary_data_size":2}},{"name":"c","shape":[1],"datatype":"UINT16","parameters":{"binary_data_size":2}}],${asBinary}`,
    213,
    "ff7f 0201",
    "ff7f 0201",
  ],
  [
    "F11",
    "replay_xy",
    `{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1.0,2.0]},{"name":"y","shape":[1],"datatype":"INT32","parameters":{"binary_data_size":4}}],${asBinary}`,
    195,
    "03000000",
    `${floats} 03000000`,
  ],
  [
    "F12",
    "replay_x",
    `{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1.0,2.0]}],${asBinary}`,
    0,
    "",
    floats.repeat(3),
  ],
  [
    "F13",
    "replay_x",
    one(
      "x",
      "1,2",
      "FP32",
      8,
      '"outputs":[{"name":"y","parameters":{"binary_data":true}},{"name":"p","parameters":{"binary_data":false}},{"name":"z","parameters":{"classification":2,"binary_data":true}}]}',
    ),
    // "2.000000:1" and "1.000000:0", each behind its length.
    266,
    floats,
    `${floats} 0a000000 322e3030303030303a31 0a000000 312e3030303030303a30`,
  ],
  [
    "F14",
    "replay_x",
    one(
      "x",
      "1,2",
      "FP32",
      8,
      '"parameters":{"priority":1,"timeout":250000,"binary_data_output":true,"k":"v","n":3,"b":true}}',
    ),
    187,
    floats,
    floats.repeat(3),
  ],
  ["F15", "replay_x", one("x", "0,2", "FP32", 0), 134, "", ""],
  [
    "perf_analyzer_replay",
    "replay_x",
    '{"id":"","parameters":{"binary_data_output":true},"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}}]}',
    142,
    floats,
    floats.repeat(3),
  ],
];

const { infer } = await openScene([...new Set(recorded.map(([, model]) => model))]);

test.each(recorded)("tritonclient_replay %s", async (name, model, json, length, sent, returned) => {
  const { body, headers } = withTail(json, sent);
  // F12 has no binary input, so tritonclient leaves the length out.
  if (length > 0) expect(headers).toEqual({ "inference-header-content-length": String(length) });
  const answer = await infer(model, body, length > 0 ? headers : {});
  expect(tailOf(answer)).toBe(returned.replaceAll(" ", ""));
  expect(answer.json.id).toBe(name === "F2" ? "42" : undefined);
});
