import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { ColumnsPart, Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { summarisePicture } from "#server/serve/pipeline/summarise-picture.ts";
import { refuse } from "../protocol/refuse.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { imageFormat } from "./image-format.ts";
import type { Picture } from "./picture.ts";
import type { PictureSummary } from "./picture-summary.ts";
import { runColumns } from "./run-columns.ts";
import { runImage } from "./run-image.ts";

/** Inputs that a client sent for a pipeline. */
export interface Given {
  /** Files of each picture input, as bytes or as base64. */
  files: Map<string, (Uint8Array<ArrayBuffer> | string)[]>;
  /** One tensor [rows] for each column. */
  columns: Tensor[];
  /** Receives the measurements of each picture, by input, if they were requested. */
  pictures?: Map<string, PictureSummary[]> | undefined;
}

/** Maximum number of elements that the columns of one request may produce. */
const maxElements = 32 * 2 ** 20;

/**
 * Converts the inputs of clients to those of the model.
 * @param targets inputs of the model
 * @param checkTime called between pieces of work; throws when no caller waits any more
 * @throws DomainError "invalid" that names the input, what is expected and what was sent
 */
export async function runBefore(
  { before }: Pipeline,
  given: Given,
  targets: readonly TensorSpec[],
  checkTime: () => void = () => {},
): Promise<Tensor[]> {
  const tensors: Tensor[] = [];
  for (const part of before) {
    checkTime();
    // Its features are inputs by now.
    if (part.kind === "features") continue;
    if (part.kind === "image") {
      const files = (given.files.get(part.name) ?? []).map((file, index) => bytesOf(file, part.name, index));
      tensors.push(await runImage(part, files, checkTime, pictureCollector(given, part.name)));
      continue;
    }
    const columns = part.columns.flatMap(({ name }) => given.columns.find((column) => column.name === name) ?? []);
    const rows = columns[0]?.shape[0] ?? 0;
    const numbers = numbersOf(part, rows);
    if (numbers > maxElements) {
      refuse(`expected at most ${Math.floor((maxElements / numbers) * rows)} rows in a request, got ${rows}`);
    }
    tensors.push(...runColumns(part, columns, targets));
  }
  return tensors;
}

function pictureCollector({ pictures }: Given, name: string) {
  if (!pictures) return undefined;
  const summaries: PictureSummary[] = [];
  pictures.set(name, summaries);
  return (picture: Picture, file: Uint8Array) => {
    // Decoded pictures are bytes.
    const pixels = { ...picture, data: picture.data as Uint8Array };
    summaries.push(summarisePicture(pixels, file.length, imageFormat(file) ?? "other"));
  };
}

/** Returns the maximum number of elements that the columns of a request produce. */
export function numbersOf({ columns, steps }: ColumnsPart, rows: number): number {
  const levels = steps.map((step) => (step.step === "one-hot" ? step.levels.length + 1 : 0));
  return rows * levels.reduce((sum, count) => sum + count, columns.length);
}

function bytesOf(file: Uint8Array | string, name: string, index: number): Uint8Array {
  if (typeof file !== "string") return file;
  // Buffer.from would skip what is no base64.
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(file) || file.length % 4 !== 0) {
    refuse(`input '${name}', file ${index}: expected base64 (RFC 4648, with padding and without line breaks)`);
  }
  return Buffer.from(file, "base64");
}
