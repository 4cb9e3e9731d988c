import type { Random } from "#server/stats/random.ts";
import { mutate, pick } from "#server/testing/fixtures/tracking/search/testing.ts";
import type { Kind } from "./kinds.ts";

type Json = Record<string, unknown>;

/** A right request for the model behind every address: y [N, 3] of x [N, 4]. */
export const rightInput = { name: "x", shape: [1, 4], datatype: "FP32", data: [0.1, 0.2, 0.3, 0.4] };
const rightText = JSON.stringify({ id: "one", inputs: [rightInput], outputs: [{ name: "y" }] });

const datatypes = ["BOOL", "UINT8", "INT64", "UINT64", "FP16", "BF16", "FP64", "BYTES", "fp32", "", "STRING"];
const oddNumbers = [
  "1e308",
  "-1e308",
  "1e400",
  "9".repeat(400),
  "18446744073709551616",
  "-0",
  "1e-400",
  "0.1e",
  "0x10",
];
const oddValues: unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  2 ** 53,
  2 ** 31,
  "",
  "NaN",
  "💥",
  "\u0000",
  "x".repeat(70_000),
  [],
  {},
  [[]],
  { toString: 1 },
  { __proto__: null, length: 4 },
  [null, null, null, null],
  ["1", "2", "3", "4"],
];
const members = ["name", "shape", "datatype", "data", "parameters", "extra", "__proto__", "constructor"];

/** Mistakes in the JSON of a request. */
export const jsonKinds: Record<string, Kind> = {
  "text of JSON": (random) => ({ body: mutate(random, rightText) }),
  "value in JSON": (random) => ({ body: withOddValue(random) }),
  "shape or datatype": (random) => ({ body: JSON.stringify({ inputs: [withOddShape(random)] }) }),
  "huge number": (random) => ({ body: rightText.replace("0.2", pick(random, oddNumbers)) }),
  nesting: (random) => {
    const depth = 10 ** (1 + Math.floor(random() * 5));
    const [open, close] = pick(random, [
      ["[", "]"],
      ['{"a":', "}"],
    ]) as [string, string];
    const inner = open.repeat(depth) + (open === "[" ? "" : "1") + close.repeat(depth);
    return { body: pick(random, [inner, rightText.replace("[0.1,0.2,0.3,0.4]", inner)]) };
  },
  "many members": (random) => {
    const input = pick(random, [
      JSON.stringify(rightInput),
      '{"name":"x","shape":[0,4],"datatype":"FP32","data":[]}',
      "{}",
      "1",
    ]);
    return { body: `{"inputs":[${Array(2 + Math.floor(random() * 20_000)).fill(input)}]}` };
  },
  "invalid UTF-8": (random) => {
    const bytes = Buffer.from(rightText);
    for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) {
      bytes[Math.floor(random() * bytes.length)] = 0x80 + Math.floor(random() * 0x80);
    }
    return { body: bytes };
  },
};

function withOddValue(random: Random): string {
  const odd = pick(random, oddValues);
  const body: Json = JSON.parse(rightText);
  const input = (body.inputs as Json[])[0] as Json;
  const positions = [
    () => put(body, pick(random, ["id", "inputs", "outputs", "parameters", "extra"]), odd),
    () => put(input, pick(random, members), odd),
    () => put(input.data as object, Math.floor(random() * 6), odd),
    () => put(input, "parameters", { [pick(random, parameters)]: odd }),
    () => put(body, "parameters", { [pick(random, parameters)]: odd }),
    () => put(body, "outputs", [{ name: odd, parameters: { [pick(random, parameters)]: odd } }]),
  ];
  pick(random, positions)();
  return JSON.stringify(body);
}

const parameters = [
  "binary_data_size",
  "binary_data",
  "binary_data_output",
  "classification",
  "content_type",
  "timeout",
  "priority",
  "sequence_id",
  "shared_memory_region",
  "headers",
  "triton_x",
  "other",
];

function withOddShape(random: Random): Json {
  const dimension = () => pick(random, [-1, 0, 1, 2, 4, 5, 1.5, 2 ** 31, 2 ** 52, 1e308, null, "4"]);
  const shape = Array.from({ length: Math.floor(random() * 5) }, dimension);
  const length = Math.floor(random() * 9);
  return {
    ...rightInput,
    ...(random() < 0.5 && { datatype: pick(random, datatypes) }),
    ...(random() < 0.7 && { shape }),
    data: Array.from({ length }, () => pick<unknown>(random, [0.5, 1, -1, 300, 2 ** 40, "1", "NaN", true, null, [1]])),
  };
}

/** Defines a property, so that "__proto__" becomes a member as in JSON. */
function put(target: object, name: string | number, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}
