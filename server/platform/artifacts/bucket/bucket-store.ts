import { Readable } from "node:stream";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { folderSegments, keySegments } from "../artifact-key.ts";
import type { BucketLocation } from "../artifact-location.ts";
import { unconditionally } from "../replacement.ts";
import type { ArtifactInfo, ArtifactStore } from "../store.ts";
import { openBucket } from "./bucket.ts";
import { explain, rethrow } from "./bucket-errors.ts";
import { FileCache } from "./file-cache.ts";
import { listFolder, refuseMixture, removeBelow } from "./listing.ts";
import { putStream } from "./put-stream.ts";
import { directTransfers } from "./transfers.ts";

/** Time for which the result of the last check is reused: health is requested often, and every write to a bucket costs. */
const checkedMs = 30_000;

/**
 * Opens an artifact store in a bucket of Amazon S3, or of another server with its protocol. A replaced file stays available until the new
 * one is stored.
 */
export async function openBucketStore(location: BucketLocation): Promise<ArtifactStore> {
  const bucket = openBucket(location);
  const { client } = bucket;
  let checkedAt = Number.NEGATIVE_INFINITY;

  const objectOf = (key: string) => bucket.object(keySegments(key).join("/"));

  async function stat(key: string): Promise<ArtifactInfo> {
    const command = new HeadObjectCommand(objectOf(key));
    const { ContentLength = 0, ETag = "", LastModified } = await client.send(command).catch(rethrow);
    // One of an unknown age counts as new, so that nothing removes it.
    return { sizeBytes: ContentLength, etag: ETag.replaceAll('"', ""), storedAt: LastModified ?? new Date() };
  }

  async function open(key: string, range?: { start: number; end: number }): Promise<Readable> {
    const Range = range && `bytes=${range.start}-${range.end}`;
    try {
      const { Body } = await client.send(new GetObjectCommand({ ...objectOf(key), Range }));
      if (!(Body instanceof Readable)) throw new Error("The bucket responded without a stream.");
      return Body;
    } catch (error) {
      // Returns nothing for a range beyond the end, as a disk does.
      if (range && (error as Error).name === "InvalidRange") return Readable.from([]);
      return rethrow(error);
    }
  }

  const cache = await FileCache.open({ stat, open }, { folder: location.cacheFolder, maxBytes: location.cacheBytes });
  return {
    stat,
    open,
    async put(key, body, replacement = unconditionally) {
      const segments = keySegments(key);
      await refuseMixture(bucket, segments).catch(rethrow);
      return putStream(bucket, key, body, replacement).catch(rethrow);
    },
    list: (key) => listFolder(bucket, folderSegments(key).join("/")).catch(rethrow),
    remove: (key) => removeBelow(bucket, keySegments(key).join("/")).catch(rethrow),
    localPath: (key, findBeside) => cache.fetch(key, findBeside),
    async check() {
      if (performance.now() - checkedAt < checkedMs) return;
      try {
        await client.send(new PutObjectCommand({ ...bucket.object(".probe"), Body: "Leeway can write here." }));
        checkedAt = performance.now();
      } catch (cause) {
        const { variable, message } = explain(cause, location);
        throw new Error(`${variable}: ${message}`, { cause });
      }
    },
    parts: directTransfers(bucket, stat),
  };
}
