import type { FastifyRequest } from "fastify";
import { DomainError } from "#server/base/errors.ts";

/**
 * What stands behind an artifact route in the address as it was sent, decoded once. The router's own parameter will not do: it has
 * duplicate slashes taken out.
 */
export function artifactPathOf({ originalUrl }: FastifyRequest): string {
  const path = /\/mlflow-artifacts\/+(?:artifacts|presigned|mpu\/+\w+)\/([^?]*)/.exec(originalUrl)?.[1] ?? "";
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new DomainError("invalid", "Invalid path", { cause });
  }
}
