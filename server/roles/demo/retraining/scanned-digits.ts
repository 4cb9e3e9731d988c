import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { demoFile, type Sample } from "../recording.ts";

const side = 8;
const white = 16;
/** Pixels between the two copies of a stroke. */
const offset = 2;
/** The line of the till's scanner that sees nothing. */
const deadColumn = 3;
/** Of so many forms one is for measuring: no version learns from it. */
const measuredEvery = 3;

/** A form with one digit. Pixels are whole numbers from 0 to 16. */
export interface Form {
  digit: number;
  pixels: readonly number[];
}

export interface ScannedDigits {
  /** What version 1 learned from. */
  learned: Form[];
  /** Forms that are scanned, of which a candidate may learn. */
  typed: Form[];
  /** Forms that are scanned, by which versions are measured. */
  measured: Form[];
}

/** Reads the digits: what version 1 learned from, and others that are scanned again and again, in two parts that share none. */
export async function readScannedDigits(): Promise<ScannedDigits> {
  const packed = await promisify(gunzip)(await readFile(demoFile("digits", "training.json.gz")));
  const { training, validation } = JSON.parse(packed.toString("utf8")) as Record<"training" | "validation", Row[]>;
  const { rows } = JSON.parse(await readFile(demoFile("digits", "samples.json"), "utf8")) as { rows: Row[] };
  const scanned = [...rows, ...validation].map(formOf);
  return {
    learned: training.map(formOf),
    typed: scanned.filter((_, at) => at % measuredEvery !== 0),
    measured: scanned.filter((_, at) => at % measuredEvery === 0),
  };
}

type Row = [digit: number, pixels: number[]];

const formOf = ([digit, pixels]: Row): Form => ({ digit, pixels });

/** Returns a form as the replaced scanner delivers it: each stroke twice, two pixels apart. */
export function doubled({ digit, pixels }: Form): Form {
  const twice = pixels.map((pixel, at) => Math.max(pixel, at % side < offset ? 0 : (pixels[at - offset] ?? 0)));
  return { digit, pixels: twice };
}

/** Returns a form as the broken scanner of the till delivers it: one line of pixels is black. */
export function withDeadLine({ digit, pixels }: Form): Form {
  return { digit, pixels: pixels.map((pixel, at) => (at % side === deadColumn ? 0 : pixel)) };
}

/** Returns a form as a request. */
export function requestOf({ digit, pixels }: Form): Sample {
  const data = pixels.map((pixel) => pixel / white);
  return {
    label: String(digit),
    inputs: [{ name: "image", datatype: "FP32", shape: [1, 1, side, side], data }],
  };
}

/** Returns forms as CSV, with the columns of a reference, a training and an evaluation; the same forms give the same bytes, in whatever order. */
export function tableOf(forms: readonly Form[]): Buffer {
  const lines = forms.map(({ digit, pixels }) => `${digit},"[${pixels.map((pixel) => pixel / white).join(",")}]"`);
  return Buffer.from(`${["digit,image", ...lines.sort()].join("\n")}\n`);
}
