import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { transact } from "#server/base/context.ts";
import { announceUpload, endUpload } from "#server/platform/artifacts/announce-upload.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import { receiveFile } from "#server/platform/artifacts/receive-file.ts";
import type { SourceFile } from "../source.ts";
import type { Intake } from "./intake.ts";

/**
 * Stores the ONNX file of a version that was uploaded at the source in the same way as a local upload: under its digest.
 * @param then registers references to the file, in the transaction that ends the upload. @returns the result of `then`.
 */
export async function storeUpload<Result>(
  intake: Intake,
  file: SourceFile,
  then: (ctx: Intake["ctx"], source: string) => Promise<Result>,
): Promise<Result> {
  const { ctx, artifacts, maxBytes } = intake;
  const folder = await mkdtemp(join(tmpdir(), "leeway-import-"));
  try {
    const path = join(folder, "model.onnx");
    const hash = createHash("sha256");
    async function* hashed(body: Readable): AsyncGenerator<Buffer> {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        hash.update(chunk);
        yield chunk;
      }
    }
    await receiveFile(Readable.from(hashed(await file.open())), path, maxBytes);
    const segments = ["models", hash.digest("hex")];
    const key = artifactKey(ctx.actor.workspaceId, [...segments, "model.onnx"]);
    const upload = await transact(ctx, (ctx) => announceUpload(ctx, key));
    const stored = await artifacts.put(key, createReadStream(path));
    return await transact(ctx, async (ctx) => {
      await endUpload(ctx, upload, stored);
      return then(ctx, `mlflow-artifacts:/${segments.join("/")}`);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
