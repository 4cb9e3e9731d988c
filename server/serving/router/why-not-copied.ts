import { DomainError } from "#server/errors.ts";
import type { CopyReply } from "./model-copy.ts";

/**
 * Why a process has no copy of a version's file, in words for callers and screens: no path, no message of the system.
 * @param version "digits version 3"
 * @param storeError what the artifact store threw when it was asked for the file
 */
export function whyNotCopied(
  version: string,
  reply: Exclude<CopyReply, { kind: "copied" }>,
  storeError: unknown,
): string {
  switch (reply.kind) {
    case "differs":
      return `The file of ${version} is not the one that was registered: its SHA-256 differs. Register it again.`;
    case "missing":
      return missing(version, reply.file);
    case "no-source":
      if (storeError instanceof DomainError && storeError.code === "not-found") return missing(version, undefined);
      return `The file of ${version} cannot be had: the artifact store does not answer, and there is no copy here.`;
    case "failed":
      return ["ENOSPC", "EDQUOT"].includes(reply.code ?? "")
        ? `The file of ${version} cannot be copied: the disk for copies of models is full.`
        : `The file of ${version} cannot be copied or read; the log says why.`;
  }
}

function missing(version: string, file: string | undefined): string {
  const what = file === undefined ? "The file" : `The file of weights "${file}"`;
  return `${what} of ${version} is missing in the artifact store. Bring it back, or register the model again.`;
}
