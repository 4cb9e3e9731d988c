import { DomainError } from "#server/base/errors.ts";
import type { BucketLocation } from "../artifact-location.ts";

interface SdkError extends Error {
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

const unreachable = ["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ETIMEDOUT", "EPIPE"];

/** Returns whether the bucket reported that the object does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && ["NoSuchKey", "NotFound"].includes(error.name);
}

/**
 * Passes on what a bucket's refusal means for the caller. Anything else is passed on as it is.
 * @throws DomainError "not-found", or "unavailable" for what may pass.
 */
export function rethrow(error: unknown): never {
  throw asDomainError(error);
}

function asDomainError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DomainError) return error;
  if (isMissing(error)) return new DomainError("not-found", "Artifact not found.", { cause: error });
  if (error.name === "NoSuchUpload") return new DomainError("not-found", "Upload not found.", { cause: error });
  const { code = "", $metadata } = error as SdkError;
  const status = $metadata?.httpStatusCode ?? 0;
  const isPassing = unreachable.includes(code) || error.name === "TimeoutError" || status >= 500 || status === 429;
  const isRefused = status === 401 || status === 403 || error.name === "CredentialsProviderError";
  if (!isPassing && !isRefused) return error;
  const what = isPassing ? "does not respond" : "denies access";
  return new DomainError("unavailable", `The artifact bucket ${what}. Try again in a moment.`, {
    cause: error,
    retryAfterSeconds: 10,
  });
}

/** Explains to the operator why a bucket is not writable: the variable to check, and the problem. */
export function explain(error: unknown, { bucket, endpoint }: BucketLocation): { variable: string; message: string } {
  const { name, code = "", message, $metadata } = error as SdkError;
  const status = $metadata?.httpStatusCode;
  if (name === "NoSuchBucket" || status === 404) {
    return { variable: "ARTIFACT_URL", message: `the bucket "${bucket}" does not exist` };
  }
  if (name === "CredentialsProviderError") {
    return {
      variable: "AWS_ACCESS_KEY_ID",
      message: "no bucket credentials found in the environment, a profile or a machine role",
    };
  }
  if (["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken"].includes(name)) {
    return { variable: "AWS_ACCESS_KEY_ID", message: `the bucket rejects the credentials (${name})` };
  }
  if (status === 403) {
    return { variable: "ARTIFACT_URL", message: `the credentials cannot write to the bucket "${bucket}" (${name})` };
  }
  if (/region/i.test(message) || ["PermanentRedirect", "AuthorizationHeaderMalformed"].includes(name)) {
    return { variable: "S3_REGION", message: `must be the region of the bucket "${bucket}" (${message})` };
  }
  const variable = endpoint ? "S3_ENDPOINT" : "ARTIFACT_URL";
  return { variable, message: `the bucket "${bucket}" is not writable: ${code || name}` };
}
