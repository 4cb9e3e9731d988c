import { minuteMs } from "#server/base/durations.ts";

/** The bucket's clock and the database's may differ by so much. */
const skewMs = minuteMs;

/**
 * Returns whether an object can be the result of an upload: written since it started, and with as many parts where the bucket reports
 * them. Amazon S3 appends their number to the hash of a multipart object, and none to that of another:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export function matchesUpload(
  { etag, modifiedAt }: { etag: string; modifiedAt: Date | undefined },
  { startedAt, parts }: { startedAt: Date; parts: number },
): boolean {
  if (!modifiedAt || modifiedAt.getTime() < startedAt.getTime() - skewMs) return false;
  const [, count] = /^"?[0-9a-f]{32}(?:-(\d+))?"?$/i.exec(etag) ?? [etag, String(parts)];
  return Number(count) === parts;
}
