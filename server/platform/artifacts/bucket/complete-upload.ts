import {
  CompleteMultipartUploadCommand,
  HeadObjectCommand,
  ListPartsCommand,
  type ListPartsCommandOutput,
} from "@aws-sdk/client-s3";
import { DomainError } from "#server/base/errors.ts";
import { tooLarge } from "../receive-file.ts";
import type { StartedUpload, UploadPart } from "../store.ts";
import type { Bucket } from "./bucket.ts";
import { isMissing, rethrow } from "./bucket-errors.ts";
import { matchesUpload } from "./matches-upload.ts";

interface Completion extends StartedUpload {
  parts: readonly UploadPart[];
  maxBytes: number;
}

/**
 * Completes an upload by joining its parts. If the bucket no longer knows the upload but the file exists, it counts as complete.
 * @throws DomainError "invalid", "too-large", "not-found"
 */
export async function completeUpload(bucket: Bucket, key: string, completion: Completion): Promise<void> {
  try {
    await putTogether(bucket, key, completion);
  } catch (cause) {
    const error = cause as Error;
    if (["InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML"].includes(error.name)) {
      throw new DomainError("invalid", `The uploaded parts are inconsistent: ${error.message}`, { cause });
    }
    if (error.name === "NoSuchUpload" && (await isThere(bucket, key, completion))) return;
    rethrow(error);
  }
}

async function putTogether(bucket: Bucket, key: string, { uploadId, parts, maxBytes }: Completion): Promise<void> {
  const upload = { ...bucket.object(key), UploadId: uploadId };
  const sizeBytes = await sizeOf(bucket, upload, parts);
  if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
  const Parts = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag }));
  const MultipartUpload = { Parts: Parts.sort((a, b) => a.PartNumber - b.PartNumber) };
  await bucket.client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
}

async function isThere({ client, object }: Bucket, key: string, { startedAt, parts }: Completion): Promise<boolean> {
  try {
    const { ETag = "", LastModified } = await client.send(new HeadObjectCommand(object(key)));
    return matchesUpload({ etag: ETag, modifiedAt: LastModified }, { startedAt, parts: parts.length });
  } catch (error) {
    if (isMissing(error)) return false;
    return rethrow(error);
  }
}

/** Returns the total bytes of the uploaded parts. @throws DomainError "invalid" if a listed part was not uploaded. */
async function sizeOf(
  { client }: Bucket,
  upload: { Bucket: string; Key: string; UploadId: string },
  parts: readonly UploadPart[],
): Promise<number> {
  const sizes = new Map<number, number>();
  let page: ListPartsCommandOutput | undefined;
  do {
    page = await client.send(new ListPartsCommand({ ...upload, PartNumberMarker: page?.NextPartNumberMarker }));
    for (const { PartNumber = 0, Size = 0 } of page.Parts ?? []) sizes.set(PartNumber, Size);
  } while (page.IsTruncated && page.NextPartNumberMarker);
  return parts.reduce((sum, { partNumber }) => {
    const size = sizes.get(partNumber);
    if (size === undefined) throw new DomainError("invalid", `Part ${partNumber} was not received. Upload it again.`);
    return sum + size;
  }, 0);
}
