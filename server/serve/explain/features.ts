import { DomainError } from "#server/base/errors.ts";
import type { GivenInput } from "../protocol/contract.ts";
import type { InputPart } from "../protocol/infer-request.ts";
import type { Element } from "./explain-row.ts";

/** More are rather pixels or words than features. */
const maxFeatures = 128;

/** One element of one input of a request of one row. */
export interface Feature {
  /** Name of the input, with the index if it has several elements: "x[2]". */
  name: string;
  input: string;
  index: number;
}

/** Lists the elements of a request in order. @throws DomainError "invalid" when there are none, more rows than one, files, or too many */
export function featuresOf(inputs: readonly GivenInput[]): Feature[] {
  const several = inputs.find(({ shape }) => (shape[0] ?? 1) !== 1);
  if (several) {
    throw new DomainError(
      "invalid",
      `${several.name} has ${several.shape[0]} rows. Only a single row can be explained.`,
    );
  }
  const file = inputs.find(({ parameters }) => parameters?.content_type === "base64");
  if (file) throw new DomainError("invalid", `${file.name} is a file. Use occlusion instead.`);
  const features = inputs.flatMap(({ name: input, data }) =>
    data.map((_, index) => ({ name: data.length === 1 ? input : `${input}[${index}]`, input, index })),
  );
  if (features.length === 0) throw new DomainError("invalid", "The inputs are empty, so there is nothing to explain.");
  if (features.length > maxFeatures) {
    throw new DomainError(
      "invalid",
      `${features.length} features exceed the limit of ${maxFeatures}. For images, use occlusion.`,
    );
  }
  return features;
}

/** Returns the elements of a single-row request, in the order of its features. */
export function rowOf(inputs: readonly GivenInput[]): Element[] {
  return inputs.flatMap(({ data }) => data);
}

/** Builds one request from rows of elements, in the shapes of the given one. */
export function requestOf(inputs: readonly GivenInput[], rows: readonly Element[][]): InputPart[] {
  let from = 0;
  return inputs.map(({ name, datatype, shape, data }) => {
    const start = from;
    from += data.length;
    const elements = rows.flatMap((row) => row.slice(start, start + data.length));
    // An input that is a single value has no rows to add to.
    const batched = shape.length === 0 ? shape : [rows.length, ...shape.slice(1)];
    return { name, datatype, shape: batched, data: elements, binarySize: undefined };
  });
}
