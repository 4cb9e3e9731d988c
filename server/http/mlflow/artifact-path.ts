import type { FastifyRequest } from "fastify";
import { DomainError } from "#server/base/errors.ts";

/**
 * Returns the part of the URL after an artifact route as it was sent, decoded once. The router's own parameter is unsuitable:
 * duplicate slashes are removed from it.
 */
export function artifactPathOf({ originalUrl }: FastifyRequest): string {
  const path = /\/mlflow-artifacts\/+(?:artifacts|presigned|mpu\/+\w+)\/([^?]*)/.exec(originalUrl)?.[1] ?? "";
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new DomainError("invalid", "Invalid path", { cause });
  }
}
