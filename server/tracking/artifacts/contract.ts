import type { UploadPart } from "#server/artifacts/store.ts";

/** An upload of a file in parts, which the client sends to the bucket itself. Paths are below mlflow-artifacts:/, decoded once. */
export interface BeginUpload {
  path: string;
  /** How many parts there will be. */
  parts: number;
}

export interface StartedUpload {
  uploadId: string;
  /** Where to PUT each part, in order. */
  urls: string[];
}

export interface CompleteUpload {
  path: string;
  uploadId: string;
  sent: UploadPart[];
  maxBytes: number;
}
