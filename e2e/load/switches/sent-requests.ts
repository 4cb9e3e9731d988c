import sharp from "sharp";
import { pngFile } from "#server/testing/fixtures/serving/pipeline/testing.ts";
import { type SentRow, side } from "./offset-model.ts";

export const requestKinds = ["JSON", "binary", "PNG", "JPEG"] as const;
type RequestKind = (typeof requestKinds)[number];

/** A request whose outputs prove the version that gave them. */
export interface SentRequest {
  kind: RequestKind;
  headers: Record<string, string>;
  body: Buffer;
  rows: SentRow[];
}

/** Apart enough that the outputs of one level are not those of another. */
const levels = [64, 90, 116, 142, 168, 194, 220, 246];
const maxRows = 3;
const pixels = side * side;

/** Builds requests of one kind, with one to three rows each, which differ from each other. */
export async function requestsOf(kind: RequestKind): Promise<SentRequest[]> {
  const isPicture = kind === "PNG" || kind === "JPEG";
  const requests: SentRequest[] = [];
  for (const [index] of levels.entries()) {
    for (let count = 1; count <= maxRows; count += 1) {
      const rows = Array.from({ length: count }, (_, row): SentRow => {
        const level = levels[(index + 3 * row) % levels.length] as number;
        return { level, isPicture };
      });
      requests.push({ kind, rows, ...(await encodedAs(kind, rows)) });
    }
  }
  return requests;
}

async function encodedAs(kind: RequestKind, rows: readonly SentRow[]): Promise<Pick<SentRequest, "headers" | "body">> {
  const shape = [rows.length, 1, side, side];
  const data = rows.flatMap(({ level }) => Array<number>(pixels).fill(level / 255));
  switch (kind) {
    case "JSON":
      return inJson([{ name: "image", datatype: "FP32", shape, data }]);
    case "binary":
      return inBinary({ name: "image", datatype: "FP32", shape }, Buffer.from(Float32Array.from(data).buffer));
    case "PNG": {
      const files = rows.map(({ level }, row) => pngOf(level, 24 + 8 * row).toString("base64"));
      const parameters = { content_type: "base64" };
      return inJson([{ name: "picture", datatype: "BYTES", shape: [rows.length], parameters, data: files }]);
    }
    case "JPEG": {
      const files = await Promise.all(rows.map(({ level }, row) => jpegOf(level, 32 + 16 * row)));
      const elements = files.flatMap((file) => {
        const length = Buffer.alloc(4);
        length.writeUInt32LE(file.length);
        return [length, file];
      });
      return inBinary({ name: "picture", datatype: "BYTES", shape: [rows.length] }, Buffer.concat(elements));
    }
  }
}

function inJson(inputs: object[]): Pick<SentRequest, "headers" | "body"> {
  return { headers: { "content-type": "application/json" }, body: Buffer.from(JSON.stringify({ inputs })) };
}

/** Sends a tensor behind the JSON, and requests the outputs the same way. */
function inBinary(input: object, tensor: Buffer): Pick<SentRequest, "headers" | "body"> {
  const described = { ...input, parameters: { binary_data_size: tensor.length } };
  const head = Buffer.from(JSON.stringify({ inputs: [described], parameters: { binary_data_output: true } }));
  return {
    headers: {
      "content-type": "application/octet-stream",
      "inference-header-content-length": String(head.length),
    },
    body: Buffer.concat([head, tensor]),
  };
}

function pngOf(level: number, size: number): Buffer {
  const row = Array<number>(size).fill(level);
  return pngFile(size, size, 0, Array<number[]>(size).fill(row));
}

function jpegOf(level: number, size: number): Promise<Buffer> {
  const background = { r: level, g: level, b: level };
  return sharp({ create: { width: size, height: size, channels: 3, background } })
    .jpeg({ quality: 95 })
    .toBuffer();
}
