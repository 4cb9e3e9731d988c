import { expect, test } from "vitest";
import { explainLoadError } from "./load-errors.ts";

test("removes file system paths from the message", () => {
  const text =
    'Load model from /srv/data/m.onnx failed:Something in "/srv/data/w.bin" at /build/core/model.cc:1 is odd';
  expect(explainLoadError(text).message).toBe('ONNX Runtime cannot load the model: Something in "… at … is odd');
});

test("keeps the description of a graph error", () => {
  const text =
    "Load model from /m.onnx failed:Invalid model. Node input 'nope' is not a graph input, initializer, or output of a previous node.";
  expect(explainLoadError(text).message).toBe(
    "ONNX Runtime cannot load the model: Node input 'nope' is not a graph input, initializer, or output of a previous node.",
  );
});
