import { z } from "zod";
import type { UploadPart } from "#server/platform/artifacts/store.ts";

/** A file or folder of a run or logged model. */
export const ArtifactFile = z.object({
  name: z.string(),
  isFolder: z.boolean(),
  /** Bytes; undefined for folders. */
  sizeBytes: z.number().optional(),
});
export type ArtifactFile = z.infer<typeof ArtifactFile>;

/** An upload of a file in parts, which the client sends to the bucket itself. Paths are below mlflow-artifacts:/, decoded once. */
export interface StartUpload {
  path: string;
  /** Number of parts of the upload. */
  parts: number;
}

export interface StartedUpload {
  uploadId: string;
  /** URLs for the PUT requests of the parts, in order. */
  urls: string[];
}

export interface CompleteUpload {
  path: string;
  uploadId: string;
  sent: UploadPart[];
  maxBytes: number;
}
