import { minuteMs } from "#server/base/durations.ts";

/** The bucket's clock and the database's may differ by so much. */
const skewMs = minuteMs;

/**
 * Whether an object can be what an upload made: written since that began, and of as many parts where the bucket says how many. Amazon
 * S3 writes their number behind the hash of an object that came in parts, and none behind that of another:
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
