import { S3Client } from "@aws-sdk/client-s3";
import type { BucketLocation } from "../artifact-location.ts";

/** A bucket and the part of it that is Leeway's. */
export interface Bucket {
  client: S3Client;
  name: string;
  place: BucketLocation;
  /** The object of a key, or of another path below the prefix. */
  object(path: string): { Bucket: string; Key: string };
}

/** Credentials come by the usual ways of AWS: environment, profile, web identity, the machine's role. */
export function openBucket(location: BucketLocation): Bucket {
  const client = new S3Client({
    forcePathStyle: location.isPathStyle,
    followRegionRedirects: true,
    // Every request signs the SHA-256 of its body, which the bucket checks. Additional checksums would only exclude servers without support
    // for them, and invalidate URLs signed for clients, which cannot know the checksum of a part beforehand.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 60_000, httpAgent: sockets, httpsAgent: sockets },
    ...(location.endpoint !== undefined && { endpoint: location.endpoint }),
    ...(location.region !== undefined && { region: location.region }),
  });
  return {
    client,
    name: location.bucket,
    place: location,
    object: (path) => ({ Bucket: location.bucket, Key: location.prefix + path }),
  };
}

/** A download that a slow reader takes minutes for holds a socket all that time. */
const sockets = { maxSockets: 500, keepAlive: true };
