import { DomainError } from "#server/base/errors.ts";
import type { CopyReply } from "./model-copy.ts";

/**
 * Explains to callers and users why a process has no copy of a version's file: without a path, and without a message of the system.
 * @param version "digits version 3"
 * @param storeError error of the artifact store for the request of the file
 */
export function copyFailureReason(
  version: string,
  reply: Exclude<CopyReply, { kind: "copied" }>,
  storeError: unknown,
): string {
  switch (reply.kind) {
    case "differs":
      return `The file of ${version} differs from the registered one (SHA-256 mismatch). Register it again.`;
    case "missing":
      return missing(version, reply.file);
    case "no-source":
      if (storeError instanceof DomainError && storeError.code === "not-found") return missing(version, undefined);
      return `The file of ${version} is unavailable: the artifact store does not respond, and there is no local copy.`;
    case "failed":
      return ["ENOSPC", "EDQUOT"].includes(reply.code ?? "")
        ? `The file of ${version} cannot be cached: the disk is full.`
        : `The file of ${version} cannot be copied or read; see the log.`;
  }
}

function missing(version: string, file: string | undefined): string {
  const what = file === undefined ? "The file" : `The weights file "${file}"`;
  return `${what} of ${version} is missing from the artifact store. Restore it, or register the model again.`;
}
