import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

export const demoNames = ["digits", "flight-delay"] as const;
export type DemoName = (typeof demoNames)[number];

type Text = Record<string, string>;

/** Training runs as the scripts in e2e/clients/training logged them, exported by record.py. */
export interface Recording {
  experiment: string;
  model: { name: string; description: string; tags: Text };
  runs: RecordedRun[];
  versions: { version: number; runName: string; file: string; description: string; aliases: string[]; tags: Text }[];
}

export interface RecordedRun {
  name: string;
  parent: string | null;
  status: "FINISHED" | "FAILED";
  /** Milliseconds since the start of the first run. */
  startTimeMs: number;
  durationMs: number;
  params: Text;
  tags: Text;
  /** Points are [step, value, milliseconds since the start of the run]; NaN and infinities are words. */
  metrics: { key: string; points: [number, number | string, number][] }[];
  datasets: {
    name: string;
    digest: string;
    sourceType: string;
    source: string;
    schema: string;
    profile: string;
    tags: Text;
  }[];
  artifacts: { path: string; file: string }[];
}

/** A tensor in the JSON form of the Open Inference Protocol. */
interface Tensor {
  name: string;
  datatype: "FP32" | "BYTES";
  shape: number[];
  data: (number | string)[];
}

/** One real row for the gateway, and what turned out to be true. */
export interface Sample {
  inputs: Tensor[];
  label: string;
}

/** Returns the path of a file of one demo. */
export function demoFile(demo: DemoName, file: string): string {
  return join(fileURLToPath(new URL("./data", import.meta.url)), demo, file);
}

/** Reads the recorded runs of one demo. */
export async function readRecording(demo: DemoName): Promise<Recording> {
  return JSON.parse(await readFile(demoFile(demo, "runs.json"), "utf8")) as Recording;
}

/** Reads rows that no model was trained on: 500 digits, or 4,500 flights of April to December in order of departure. */
export async function readSamples(demo: DemoName): Promise<Sample[]> {
  return demo === "digits" ? readDigits() : readFlights();
}

async function readDigits(): Promise<Sample[]> {
  const file = JSON.parse(await readFile(demoFile("digits", "samples.json"), "utf8")) as {
    input: string;
    shape: number[];
    divideBy: number;
    rows: [number, number[]][];
  };
  return file.rows.map(([label, pixels]) => ({
    label: String(label),
    inputs: [
      {
        name: file.input,
        datatype: "FP32",
        shape: [1, ...file.shape],
        data: pixels.map((pixel) => pixel / file.divideBy),
      },
    ],
  }));
}

export interface FlightTable {
  inputs: Record<string, Tensor["datatype"]>;
  labels: string[];
  /** The first one is the month. */
  columns: string[];
  /** Flights of April to December, which no model was trained on. */
  rows: FlightRow[];
  /** Flights of the training period, which no model was trained on either. */
  winter: FlightRow[];
  /** Some of those that the models learned from. */
  reference: FlightRow[];
}

type FlightRow = (number | string)[];

/** Reads the flights as a table, in order of departure. */
export async function readFlightTable(): Promise<FlightTable> {
  const packed = await readFile(demoFile("flight-delay", "samples.json.gz"));
  return JSON.parse(gunzipSync(packed).toString("utf8")) as FlightTable;
}

/** Flights for traffic that moves through the year: the winter, and April to December by month. */
export async function readFlightSeasons() {
  const file = await readFlightTable();
  const later = Map.groupBy(file.rows, ([month]) => Number(month));
  return {
    winter: asSamples(file, file.winter),
    later: new Map([...later].map(([month, rows]) => [month, asSamples(file, rows)])),
  };
}

async function readFlights(): Promise<Sample[]> {
  const file = await readFlightTable();
  return asSamples(file, file.rows);
}

function asSamples(file: FlightTable, rows: readonly FlightRow[]): Sample[] {
  const column = (name: string) => file.columns.indexOf(name);
  return rows.map((row) => ({
    label: file.labels[Number(row[column("delayed")])] ?? "",
    inputs: Object.entries(file.inputs).map(([name, datatype]) => ({
      name,
      datatype,
      shape: [1, 1],
      data: [row[column(name)] ?? ""],
    })),
  }));
}
