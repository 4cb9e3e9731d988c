import type { Readable } from "node:stream";

export interface ArtifactEntry {
  /** Last segment of the key. */
  name: string;
  isFolder: boolean;
  /** Bytes; undefined for folders. */
  sizeBytes?: number;
}

/** Part of a file that a client sends to the bucket itself. */
export interface UploadPart {
  partNumber: number;
  etag: string;
}

/** An upload in parts. */
export interface StartedUpload {
  uploadId: string;
  startedAt: Date;
}

/** Transfers between client and bucket that do not pass through Leeway, by addresses that are good for a while. */
export interface DirectTransfers {
  /** Begins an upload in so many parts. @returns its id, and one address per part to PUT it to. */
  startUpload(key: string, parts: number): Promise<{ uploadId: string; urls: string[] }>;
  /**
   * Puts the parts together. Until then an older file stays. Done again, because whoever asked died before writing it down, it succeeds.
   * @throws DomainError "invalid" when parts are missing or changed, "too-large", "not-found" for an unknown upload.
   */
  complete(key: string, upload: StartedUpload, parts: UploadPart[], maxBytes: number): Promise<ArtifactInfo>;
  /** Gives up an upload and its parts. Unknown is fine. */
  abort(key: string, uploadId: string): Promise<void>;
  /** Gives up what was begun in a workspace before then and never ended, whoever began it: its process may have died. */
  abortOlder(workspaceId: string, startedBefore: Date): Promise<void>;
  /** An address to GET the file from. @throws DomainError "not-found" */
  downloadUrl(key: string): Promise<{ url: string; sizeBytes: number }>;
}

export interface ArtifactInfo {
  sizeBytes: number;
  /** Changes whenever the content does. */
  etag: string;
}

/**
 * Where files live: a local folder, or a bucket. Keys are validated segments joined by "/", the first one the workspace id.
 * A key never comes from a request as it is: see artifact-key.ts.
 */
export interface ArtifactStore {
  /** Stores a stream. When it resolves, the file survives the death of any process. Replaces an older file at once, never half. */
  put(key: string, body: Readable): Promise<{ sizeBytes: number; sha256: string }>;
  /** @throws DomainError "not-found" */
  stat(key: string): Promise<ArtifactInfo>;
  /** Opens a file, or bytes `start` to `end` (inclusive) of it. @throws DomainError "not-found" */
  open(key: string, range?: { start: number; end: number }): Promise<Readable>;
  /** Files and folders directly under a folder or workspace, sorted by name; empty when there is no such folder. */
  list(key: string): Promise<ArtifactEntry[]>;
  /** Removes a file, or a folder with all that is in it. Missing is fine. */
  remove(key: string): Promise<void>;
  /**
   * A path on this machine's disk that holds the file, for ONNX Runtime, which reads paths. What is there is to be used at once.
   * @param findBeside given the path, names the files that have to lie beside it, as paths from its folder.
   */
  localPath(key: string, findBeside?: (path: string) => Promise<string[]>): Promise<string>;
  /** Resolves when files can be stored; rejects with a message for whoever looks after the installation. */
  check(): Promise<void>;
  /** Only a bucket has them. */
  parts?: DirectTransfers;
}
