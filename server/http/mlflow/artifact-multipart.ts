import type { FastifyInstance, FastifyRequest } from "fastify";
import { abortUpload, completeUpload, startUpload } from "#server/develop/tracking/artifacts/direct-uploads.ts";
import { getDownloadUrl } from "#server/develop/tracking/artifacts/queries.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { parseArtifactPath } from "#server/platform/artifacts/artifact-key.ts";
import { artifactPathOf } from "./artifact-path.ts";
import { callerOf } from "./caller.ts";
import { WireError } from "./errors.ts";
import { int64, list, record, required, text } from "./fields.ts";

const file = { path: required(text()) };
const beginning = record({ ...file, num_parts: required(int64()) });
const ending = record({ ...file, upload_id: required(text()) });
const completion = record({
  ...file,
  upload_id: required(text()),
  parts: list(record({ part_number: required(int64()), etag: required(text()) })),
});

/** Registers multipart transfer of large files between client and bucket by signed URLs. The bodies are JSON. */
export function artifactMultipart(app: FastifyInstance, { artifacts, config }: WebDependencies): void {
  const maxBytes = config.maxUploadBytes;
  for (const prefix of ["/api/2.0/mlflow-artifacts", "/ajax-api/2.0/mlflow-artifacts"]) {
    app.post(`${prefix}/mpu/create/*`, async (request) => {
      refuseWithoutBucket(request, "upload", artifacts.parts);
      const { path, num_parts: parts } = beginning.read(request.body, "");
      const { uploadId, urls } = await startUpload(callerOf(request), artifacts, {
        path: fileIn(request, path),
        parts,
      });
      const credentials = urls.map((url, index) => ({ url, part_number: index + 1, headers: {} }));
      return { upload_id: uploadId, credentials };
    });
    app.post(`${prefix}/mpu/complete/*`, async (request) => {
      refuseWithoutBucket(request, "upload", artifacts.parts);
      const { path, upload_id: uploadId, parts } = completion.read(request.body, "");
      const sent = parts.map(({ part_number: partNumber, etag }) => ({ partNumber, etag }));
      await completeUpload(callerOf(request), artifacts, { path: fileIn(request, path), uploadId, sent, maxBytes });
      return {};
    });
    app.post(`${prefix}/mpu/abort/*`, async (request) => {
      refuseWithoutBucket(request, "upload", artifacts.parts);
      const { path, upload_id: uploadId } = ending.read(request.body, "");
      await abortUpload(callerOf(request), artifacts, { path: fileIn(request, path), uploadId });
      return {};
    });
    app.get(`${prefix}/presigned/*`, async (request) => {
      refuseWithoutBucket(request, "download", artifacts.parts);
      const { url, sizeBytes } = await getDownloadUrl(callerOf(request), artifacts, artifactPathOf(request));
      return { url, headers: {}, file_size: sizeBytes };
    });
  }
}

/** The client goes on in the ordinary way only after exactly these words. A path that is none is refused before. */
function refuseWithoutBucket(request: FastifyRequest, direction: "upload" | "download", parts: unknown): void {
  parseArtifactPath(artifactPathOf(request));
  if (parts) return;
  const message = `Multipart ${direction} is not supported for the current artifact repository`;
  throw new WireError(501, "NOT_IMPLEMENTED", message);
}

/** Returns the path of a file: the address names the folder, and the body names the file by its local path, Windows or POSIX. */
function fileIn(request: FastifyRequest, localPath: string): string {
  const name = localPath.split(/[/\\]/).at(-1) ?? "";
  return [artifactPathOf(request), name].filter((part) => part !== "").join("/");
}
