import { expect, test } from "vitest";
import { tailOf } from "./ask.ts";
import { row, tensor } from "./bodies.ts";
import { openScene } from "./scene.ts";

const { infer, refuse } = await openScene(["mlp", "labelled", "id_bytes"]);
const top = (classification: unknown, rest: object = {}) => ({
  inputs: [row],
  outputs: [{ name: "y", parameters: { classification, ...rest } }],
});

test("classification_top2", async () => {
  const [output] = (await infer("mlp", top(2))).json.outputs;
  expect(output).toMatchObject({ name: "y", datatype: "BYTES", shape: [1, 2] });
  const [values] = (await infer("mlp", { inputs: [row] })).json.outputs;
  const order = [0, 1, 2].sort((a, b) => values.data[b] - values.data[a]);
  expect(output.data).toEqual(order.slice(0, 2).map((index) => `${values.data[index].toFixed(6)}:${index}`));
});

test("classification_labels", async () => {
  const { data } = (await infer("labelled", top(1))).json.outputs[0];
  expect(data).toEqual([expect.stringMatching(/^-?\d+\.\d{6}:(0:cat|1:dog|2:bird)$/)]);
});

test("classification_more_than_classes", async () => {
  expect((await infer("mlp", top(10))).json.outputs[0].shape).toEqual([1, 3]);
});

test("classification_binary", async () => {
  const [text] = (await infer("mlp", top(1))).json.outputs[0].data;
  const answer = await infer("mlp", top(1, { binary_data: true }));
  expect(answer.json.outputs[0]).toMatchObject({ datatype: "BYTES", shape: [1, 1] });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  expect(tailOf(answer)).toBe(Buffer.concat([length, Buffer.from(text)]).toString("hex"));
});

test("classification_bytes", async () => {
  const inputs = [tensor("x", "BYTES", ["a"])];
  await refuse("id_bytes", { inputs, outputs: [{ name: "y", parameters: { classification: 1 } }] }, 400, /BYTES/);
});

test("a number of classes below one is refused", async () => {
  for (const count of [0, -1, 1.5, "2"]) await refuse("mlp", top(count), 400, /classification/);
});
