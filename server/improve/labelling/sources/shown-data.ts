import { hash } from "node:crypto";
import { imageFormat } from "#server/serve/pipeline/image-format.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import type { LabelConfig, ShownFile } from "../contract.ts";
import { pictureOfPixels } from "./pixel-picture.ts";

/** A file that a task shows. Equal files have the same name. */
export interface FileToShow {
  field: string;
  bytes: Buffer;
  mimeType: ShownFile["mimeType"];
  /** Hex of its SHA-256. */
  sha256: string;
}

/** What a task of a request shows, with the files that are not stored yet. */
export interface ShownRequest {
  data: Record<string, unknown>;
  files: FileToShow[];
  /** Digest of all inputs: equal ones are twins. */
  groupKey: string;
}

/** Characters of a text or of a cell that a task shows. */
const maxText = 100_000;
const maxCell = 2_000;
const maxColumns = 500;

/**
 * Copies what a request's task shows from its logged inputs: a picture from a file or from pixels, a text, or a row of single values. What the
 * log has redacted is never copied; a redacted column is left out of the row, and without its picture or text there is nothing to label.
 * @returns undefined for a request that cannot be labelled, such as one whose inputs were too large for the log
 */
export function shownData(
  objects: LabelConfig["objects"],
  inputs: readonly LoggedTensor[] | null,
): ShownRequest | undefined {
  if (!inputs || inputs.length === 0) return undefined;
  const data: Record<string, unknown> = {};
  const files: FileToShow[] = [];
  for (const { kind, field } of objects) {
    if (kind === "row") {
      const row = shownRow(inputs);
      if (Object.keys(row).length === 0) return undefined;
      data[field] = row;
    } else if (kind === "text") {
      const text = textOf(inputs, field);
      if (text === undefined) return undefined;
      data[field] = text;
    } else {
      const file = pictureOf(inputs, field);
      if (!file) return undefined;
      files.push(file);
    }
  }
  return {
    data,
    files,
    groupKey: hash("sha256", JSON.stringify(inputs.map(({ name, data, sha256 }) => [name, sha256 ?? data]))),
  };
}

/** Single values by name; a tensor of a few numbers is a column for each. */
export function shownRow(inputs: readonly LoggedTensor[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const { name, data, encoding } of inputs) {
    if (!data || encoding || Object.keys(row).length + data.length > maxColumns) continue;
    for (const [at, value] of data.entries()) {
      row[data.length === 1 ? name : `${name}[${at}]`] = typeof value === "string" ? value.slice(0, maxCell) : value;
    }
  }
  return row;
}

/** The input with the name of the field, or else the first of its kind. */
function inputOf(inputs: readonly LoggedTensor[], field: string, isFitting: (input: LoggedTensor) => boolean) {
  const named = inputs.find(({ name }) => name === field);
  return named ? (isFitting(named) ? named : undefined) : inputs.find(isFitting);
}

function textOf(inputs: readonly LoggedTensor[], field: string): string | undefined {
  const isText = ({ data, encoding }: LoggedTensor) => data?.length === 1 && typeof data[0] === "string" && !encoding;
  const [text] = inputOf(inputs, field, isText)?.data ?? [];
  return typeof text === "string" ? text.slice(0, maxText) : undefined;
}

function pictureOf(inputs: readonly LoggedTensor[], field: string): FileToShow | undefined {
  const input = inputOf(inputs, field, (one) => pictureBytes(one) !== undefined);
  const bytes = input && pictureBytes(input);
  const format = bytes && imageFormat(bytes);
  if (!bytes || !format) return undefined;
  return { field, bytes, mimeType: `image/${format}`, sha256: hash("sha256", bytes) };
}

function pictureBytes({ data, encoding, shape }: LoggedTensor): Buffer | undefined {
  if (!data || data.length === 0) return undefined;
  const [first] = data;
  if (typeof first === "string") {
    if (encoding !== "base64" || data.length !== 1) return undefined;
    const bytes = Buffer.from(first, "base64");
    return imageFormat(bytes) ? bytes : undefined;
  }
  if (!data.every((value) => typeof value === "number")) return undefined;
  return pictureOfPixels(shape, data as number[]);
}
