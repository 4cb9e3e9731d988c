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
  /** Starts an upload with the given number of parts. @returns its id, and one URL per part for PUT. */
  startUpload(key: string, parts: number): Promise<{ uploadId: string; urls: string[] }>;
  /**
   * Assembles the parts. Until then an older file stays. Succeeds when repeated, because the caller died before storing the completion.
   * @throws DomainError "invalid" when parts are missing or changed, "too-large", "not-found" for an unknown upload.
   */
  complete(key: string, upload: StartedUpload, parts: UploadPart[], maxBytes: number): Promise<ArtifactInfo>;
  /** Aborts an upload and deletes its parts. Does nothing for an unknown one. */
  abort(key: string, uploadId: string): Promise<void>;
  /** Aborts all uploads of a workspace that were started before then and never ended: the process of the uploader may have died. */
  abortOlder(workspaceId: string, startedBefore: Date): Promise<void>;
  /** An address to GET the file from. @throws DomainError "not-found" */
  downloadUrl(key: string): Promise<{ url: string; sizeBytes: number }>;
}

export interface StoredBytes {
  sizeBytes: number;
  /** Hex. */
  sha256: string;
}

/**
 * Decides under a lock whether stored bytes become the file: `replace` makes them the file, and does so once. Not calling it, or throwing,
 * discards them.
 */
export type Replacement = (stored: StoredBytes, replace: () => Promise<void>) => Promise<unknown>;

export interface ArtifactInfo {
  sizeBytes: number;
  /** Changes whenever the content does. */
  etag: string;
  /** When its content was written, by the clock of the disk or the bucket. */
  storedAt: Date;
}

/**
 * Storage of files: a local folder, or a bucket. Keys are validated segments joined by "/", the first one the workspace id.
 * A key never comes from a request unchanged: see artifact-key.ts.
 */
export interface ArtifactStore {
  /**
   * Stores a stream. Once it resolves, the file is durable. Replaces an older file atomically.
   * @param replacement called once all bytes have arrived, which may be long after the call
   */
  put(key: string, body: Readable, replacement?: Replacement): Promise<StoredBytes>;
  /** @throws DomainError "not-found" */
  stat(key: string): Promise<ArtifactInfo>;
  /** Opens a file, or bytes `start` to `end` (inclusive) of it. @throws DomainError "not-found" */
  open(key: string, range?: { start: number; end: number }): Promise<Readable>;
  /** Files and folders directly under a folder or workspace, sorted by name; empty when there is no such folder. */
  list(key: string): Promise<ArtifactEntry[]>;
  /** Removes a file, or a folder with all that is in it. Missing is fine. */
  remove(key: string): Promise<void>;
  /**
   * Returns a local path of the file, for ONNX Runtime, which reads paths. The file may be evicted later and must be used immediately.
   * @param findBeside receives the path and returns the files that must be next to it, as relative paths.
   */
  localPath(key: string, findBeside?: (path: string) => Promise<string[]>): Promise<string>;
  /** Resolves when files can be stored; rejects with a message for the operator of the installation. */
  check(): Promise<void>;
  /** Only a bucket has them. */
  parts?: DirectTransfers;
}
