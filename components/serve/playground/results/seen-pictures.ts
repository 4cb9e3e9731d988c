import type { InputValue } from "#components/serve/tensors/elements.ts";
import type { ImageSpec } from "#components/serve/tensors/fields.ts";
import type { OutputTensor } from "#components/serve/tensors/outputs.ts";

/** Image that a pipeline created for the model. */
interface SeenPicture {
  name: string;
  value: InputValue;
  image: ImageSpec;
}

/** Tensors that read as pictures, one row of each, from their lowest value as black to their highest as white. */
export function seenPictures(tensors: readonly OutputTensor[], row: number): SeenPicture[] {
  return tensors.flatMap(({ name, shape, data }) => {
    const [, a = 0, b = 0, c = 0] = shape;
    const isPlanes = a === 1 || a === 3;
    const channels = isPlanes ? a : c;
    if (shape.length !== 4 || (channels !== 1 && channels !== 3)) return [];
    const [height, width] = isPlanes ? [b, c] : [a, b];
    const size = a * b * c;
    const values = data.slice(row * size, (row + 1) * size).map(Number);
    const least = values.reduce((x, y) => Math.min(x, y), Number.POSITIVE_INFINITY);
    const most = values.reduce((x, y) => Math.max(x, y), Number.NEGATIVE_INFINITY);
    if (values.length < size || !(height > 1 && width > 1)) return [];
    const range = { least, most: most > least ? most : least + 1, isInteger: false };
    const image: ImageSpec = { width, height, channels, layout: isPlanes ? "NCHW" : "NHWC", ...range };
    return [{ name, value: { shape: [1, ...shape.slice(1)], data: values }, image }];
  });
}
