import {
  DeleteObjectsCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
} from "@aws-sdk/client-s3";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactEntry } from "../store.ts";
import type { Bucket } from "./bucket.ts";
import { isMissing } from "./bucket-errors.ts";

/** Lists files and folders directly under a folder, by name. */
export async function listFolder(bucket: Bucket, folder: string): Promise<ArtifactEntry[]> {
  const { Bucket, Key } = bucket.object(`${folder}/`);
  const nameOf = (key = "") => key.slice(Key.length).replace(/\/$/, "");
  const entries: ArtifactEntry[] = [];
  for await (const page of pages(bucket, { Bucket, Prefix: Key, Delimiter: "/" })) {
    for (const { Prefix } of page.CommonPrefixes ?? []) entries.push({ name: nameOf(Prefix), isFolder: true });
    for (const file of page.Contents ?? []) {
      const name = nameOf(file.Key);
      // Consoles of buckets make an empty object with the folder's own name.
      if (name !== "") entries.push({ name, isFolder: false, sizeBytes: file.Size ?? 0 });
    }
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Removes the object of a key, and all below it. */
export async function removeBelow(bucket: Bucket, key: string): Promise<void> {
  const { Bucket, Key } = bucket.object(key);
  await removeObjects(bucket, [Key]);
  for await (const page of pages(bucket, { Bucket, Prefix: `${Key}/` })) {
    await removeObjects(
      bucket,
      (page.Contents ?? []).flatMap((file) => file.Key ?? []),
    );
  }
}

/**
 * Rejects a file and a folder with the same name: a bucket would store both, but no disk could when a user downloads them.
 * @throws DomainError "invalid"
 */
export async function refuseMixture(bucket: Bucket, segments: readonly string[]): Promise<void> {
  const { Bucket, Key } = bucket.object(`${segments.join("/")}/`);
  const below = new ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 });
  const parents = segments.slice(2).map((_, index) => segments.slice(0, index + 2).join("/"));
  const [{ Contents }, ...found] = await Promise.all([
    bucket.client.send(below),
    ...parents.map((parent) => isObject(bucket, parent)),
  ]);
  if (Contents?.length) throw new DomainError("invalid", "A folder with this name already exists.");
  if (found.some(Boolean)) throw new DomainError("invalid", "A file with this name exists where a folder is needed.");
}

async function isObject(bucket: Bucket, key: string): Promise<boolean> {
  try {
    await bucket.client.send(new HeadObjectCommand(bucket.object(key)));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function removeObjects(bucket: Bucket, keys: string[]): Promise<void> {
  if (keys.length === 0) return;
  const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
  const { Errors } = await bucket.client.send(new DeleteObjectsCommand({ Bucket: bucket.name, Delete }));
  const [first] = Errors ?? [];
  if (first) throw new Error(`The bucket did not remove ${first.Key}: ${first.Code} ${first.Message}`);
}

/** Yields the pages of a listing, a thousand objects each. */
async function* pages(bucket: Bucket, input: ListObjectsV2CommandInput) {
  let ContinuationToken: string | undefined;
  do {
    const page = await bucket.client.send(new ListObjectsV2Command({ ...input, ContinuationToken }));
    yield page;
    ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (ContinuationToken !== undefined);
}
