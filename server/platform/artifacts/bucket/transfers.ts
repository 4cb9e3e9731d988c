import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { DomainError } from "#server/base/errors.ts";
import { keySegments } from "../artifact-key.ts";
import type { ArtifactStore, DirectTransfers } from "../store.ts";
import type { Bucket } from "./bucket.ts";
import { rethrow } from "./bucket-errors.ts";
import { completeUpload } from "./complete-upload.ts";
import { refuseMixture } from "./listing.ts";

/** As long as an announced upload counts: see announce-upload.ts. */
const uploadSeconds = 24 * 3600;
const downloadSeconds = 3600;
const maxParts = 10_000;

/** Returns direct transfers between clients and a bucket. Each URL is valid for one part or file, and requires no other authentication. */
export function directTransfers(bucket: Bucket, stat: ArtifactStore["stat"]): DirectTransfers {
  const { client } = bucket;
  async function abort(object: { Bucket: string; Key: string }, UploadId: string): Promise<void> {
    await client.send(new AbortMultipartUploadCommand({ ...object, UploadId })).catch((error: Error) => {
      if (error.name !== "NoSuchUpload") rethrow(error);
    });
  }
  return {
    async startUpload(key, parts) {
      if (!Number.isInteger(parts) || parts < 1 || parts > maxParts) {
        throw new DomainError("invalid", `An upload must have 1 to ${maxParts} parts.`);
      }
      await refuseMixture(bucket, keySegments(key)).catch(rethrow);
      const object = bucket.object(key);
      const { UploadId = "" } = await client.send(new CreateMultipartUploadCommand(object)).catch(rethrow);
      const part = (PartNumber: number) => new UploadPartCommand({ ...object, UploadId, PartNumber });
      const urls = Array.from({ length: parts }, (_, index) =>
        getSignedUrl(client, part(index + 1), { expiresIn: uploadSeconds }),
      );
      return { uploadId: UploadId, urls: await Promise.all(urls) };
    },
    async complete(key, upload, parts, maxBytes) {
      await completeUpload(bucket, key, { ...upload, parts, maxBytes });
      return stat(key);
    },
    abort: (key, uploadId) => abort(bucket.object(key), uploadId),
    async abortOlder(workspaceId, startedBefore) {
      const { Bucket, Key } = bucket.object(`${workspaceId}/`);
      let page: ListMultipartUploadsCommandOutput | undefined;
      do {
        page = await client.send(
          new ListMultipartUploadsCommand({
            Bucket,
            Prefix: Key,
            KeyMarker: page?.NextKeyMarker,
            UploadIdMarker: page?.NextUploadIdMarker,
          }),
        );
        for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
          if (Key && UploadId && Initiated && Initiated < startedBefore) await abort({ Bucket, Key }, UploadId);
        }
      } while (page.IsTruncated && page.NextKeyMarker);
    },
    async downloadUrl(key) {
      const { sizeBytes } = await stat(key);
      const command = new GetObjectCommand(bucket.object(key));
      return { url: await getSignedUrl(client, command, { expiresIn: downloadSeconds }), sizeBytes };
    },
  };
}
