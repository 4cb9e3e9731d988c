import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { ZipFile } from "yazl";

/** What a program of the drill counts to, and how. */
const program = { steps: 200, every: 10, pause: 0.1 };

export interface Leeway {
  url: string;
  token: string;
}

/** Asks Leeway until it answers; a refusal is an error. */
export async function ask<Of>(
  { url, token }: Leeway,
  method: string,
  path: string,
  { json, bytes, key }: { json?: object; bytes?: Uint8Array<ArrayBuffer>; key?: string } = {},
): Promise<Of> {
  for (;;) {
    const body = json ? JSON.stringify(json) : bytes;
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { "content-type": json ? "application/json" : "application/octet-stream" }),
        // A submit that was killed with its answer is the same submit.
        ...(key && { "idempotency-key": key }),
      },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(30_000),
    }).then(
      async (response) => ({ status: response.status, bytes: Buffer.from(await response.arrayBuffer()) }),
      () => undefined,
    );
    if (answer && answer.status < 500 && answer.status !== 429) {
      if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.bytes}`);
      const isText = path.endsWith("/file") || path.includes("/file?");
      return (isText ? answer.bytes : answer.bytes.length > 0 ? JSON.parse(answer.bytes.toString()) : {}) as Of;
    }
    await pause(300);
  }
}

/** Adds the engine, and uploads the package. @returns the package's name */
export async function prepare(
  leeway: Leeway,
  { folder, address, secret }: { folder: string; address: string; secret: string },
): Promise<string> {
  const settings = { kind: "ray", address, maxJobs: 8 };
  await ask(leeway, "POST", "/api/v1/training/engines", { json: { name: "ray", settings, secret } });
  const zip = new ZipFile();
  zip.addFile(join(import.meta.dirname, "count.py"), "count.py");
  zip.end();
  const path = join(folder, "package.zip");
  await pipeline(zip.outputStream as Readable, createWriteStream(path));
  const bytes = new Uint8Array(await readFile(path));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await ask(leeway, "PUT", `/api/v1/training/packages/${sha256}`, { bytes });
  return sha256;
}

/** Submits a job, once however often Leeway is killed meanwhile. @returns its id */
export async function submit(
  leeway: Leeway,
  { packageKey, witness, number }: { packageKey: string; witness: string; number: number },
): Promise<string> {
  const spec = {
    command: ["python3", "count.py"],
    packageKey,
    parameters: { ...program, witness },
    limits: { maxLosses: 100, graceSeconds: 10 },
  };
  const json = { name: `drill-${number}`, engine: "ray", spec };
  const { id } = await ask<{ id: string }>(leeway, "POST", "/api/v1/training/jobs", { json, key: `drill-${number}` });
  return id;
}

/** Values of the program by step, from 1. */
export function expectedValues(): number[] {
  const values = [];
  for (let step = 1, value = 1; step <= program.steps; step += 1) {
    value = (value * 31 + step) % 1_000_003;
    values.push(value);
  }
  return values;
}
