import type { InputSpec, InputValue, Values } from "#components/serve/tensors/elements.ts";
import type { Field } from "#components/serve/tensors/fields.ts";
import { toTensor } from "#components/serve/tensors/image-tensor.ts";
import { formatCount } from "#components/ui/format.ts";
import { maxBatchItems } from "#server/serve/playground/constants.ts";
import { pixelsOfFile } from "../inputs/canvas-2d.ts";
import { type RequestInput, toRequest } from "../request.ts";

/** File or row of a batch, read just before it is sent. */
export interface ItemSource {
  name: string;
  /** @returns its inputs, or why it cannot be read */
  read(): Promise<{ inputs: RequestInput[] } | { problem: string }>;
}

/** Source of the items of a batch. */
export interface BatchSource {
  /** "40 files", "flights.csv" */
  name: string;
  items: ItemSource[];
}

/** Base64 of it must fit into one request. */
const maxBytes = 10_000_000;

/** Returns the input that accepts an image file; undefined if a table is needed instead. */
export function pictureField(fields: readonly Field[]) {
  return fields.find((field) => field.kind === "image" || field.kind === "file");
}

/** Converts image files to items as the form would send them, together with the other inputs of the form. */
export function itemsOfPictures(
  files: readonly File[],
  field: Extract<Field, { kind: "image" | "file" }>,
  specs: readonly InputSpec[],
  values: Values,
): BatchSource | { problem: string } {
  if (files.length > maxBatchItems) return { problem: tooMany(files.length, "files") };
  const items = files.map(
    (file): ItemSource => ({
      name: file.name.slice(0, 300),
      read: async () => {
        try {
          if (file.size > maxBytes) return { problem: "Larger than 10\u00a0MB." };
          const value = await inputOf(file, field);
          return { inputs: toRequest(specs, { ...values, [field.name]: value }).inputs };
        } catch {
          return { problem: "This browser cannot read the image. Use PNG, JPEG, WebP or GIF." };
        }
      },
    }),
  );
  return { name: files.length === 1 ? (files[0]?.name ?? "a file") : `${files.length} files`, items };
}

export function tooMany(count: number, what: string): string {
  return `At most ${formatCount(maxBatchItems)} ${what} per batch; got ${formatCount(count)}. Split them into several batches, or send them to an endpoint.`;
}

async function inputOf(file: File, field: Extract<Field, { kind: "image" | "file" }>): Promise<InputValue> {
  if (field.kind === "image") return toTensor(await pixelsOfFile(file), field.image, field.shape);
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  // In pieces, since a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return { shape: [1], data: [btoa(text)] };
}
