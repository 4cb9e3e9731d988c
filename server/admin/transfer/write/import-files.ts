import { Readable } from "node:stream";
import { DomainError } from "#server/base/errors.ts";
import { storeArtifact } from "#server/develop/tracking/artifacts/store-artifact.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import { ownPath } from "#server/platform/artifacts/own-path.ts";
import type { SourceFile } from "../source.ts";
import type { Intake } from "./intake.ts";
import type { Problems } from "./problems.ts";

const tries = 3;

/**
 * Stores files below the root of a run or logged model. Unavailable or rejected files are reported as sentences.
 * @param isResumed whether an existing file of the same size is the same file: this import stored it before.
 */
export async function importFiles(
  intake: Intake,
  root: string,
  files: AsyncIterable<SourceFile>,
  { problems, isResumed }: { problems: Problems; isResumed: boolean },
): Promise<{ files: number; bytes: number }> {
  const total = { files: 0, bytes: 0 };
  for await (const file of files) {
    intake.signal.throwIfAborted();
    const path = `${ownPath(root) ?? ""}/${file.path}`;
    await problems.attempt(`The file ${file.path} was not imported`, async () => {
      const before = await sizeOf(intake, path);
      const isSame = before !== undefined && before === file.sizeBytes;
      const bytes = isResumed && isSame ? before : await store(intake, path, file, isSame);
      total.files += 1;
      total.bytes += bytes;
    });
  }
  return total;
}

async function store(intake: Intake, path: string, file: SourceFile, isSame: boolean): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    let bytes = 0;
    async function* countBytes(body: Readable): AsyncGenerator<Buffer> {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        intake.signal.throwIfAborted();
        bytes += chunk.length;
        yield chunk;
      }
    }
    try {
      const body = Readable.from(countBytes(await file.open()));
      await storeArtifact(intake.ctx, intake.artifacts, { path, body, maxBytes: intake.maxBytes });
      return bytes;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      // Files of registered versions do not change; a file imported earlier is such a file.
      if (error.code === "invalid" && isSame) return file.sizeBytes ?? 0;
      if (error.code !== "unavailable" || attempt === tries) throw error;
    }
  }
}

/** Returns the size of a local file; undefined when there is none. */
async function sizeOf(intake: Intake, path: string): Promise<number | undefined> {
  const key = artifactKey(intake.ctx.actor.workspaceId, path.split("/"));
  return intake.artifacts.stat(key).then(
    ({ sizeBytes }) => sizeBytes,
    (error: unknown) => {
      if (error instanceof DomainError) return undefined;
      throw error;
    },
  );
}
