import { StartError } from "#db/start-error.ts";
import { trimEndOf } from "#server/base/text/trim-of.ts";

/** Location of the artifacts. */
export type ArtifactLocation = FolderLocation | BucketLocation;

interface FolderLocation {
  kind: "folder";
  /** Absolute. */
  path: string;
}

export interface BucketLocation {
  kind: "bucket";
  bucket: string;
  /** Before every key: "" or with a slash at its end. */
  prefix: string;
  /** Endpoint of an S3-compatible server; undefined for Amazon S3. */
  endpoint: string | undefined;
  /** Undefined: as AWS_REGION or the profile says. */
  region: string | undefined;
  /** Whether URLs have the bucket in the path instead of the host name. */
  isPathStyle: boolean;
  /** Absolute path of the copies of model files on this machine. */
  cacheFolder: string;
  /** Maximum number of bytes of those copies. */
  cacheBytes: number;
}

interface BucketVariables {
  ARTIFACT_URL: string;
  S3_ENDPOINT?: string | undefined;
  S3_REGION?: string | undefined;
  S3_PATH_STYLE?: boolean | undefined;
  ARTIFACT_CACHE_BYTES: number;
}

/** With the workspace and a path of 900 bytes behind it, a key stays below S3's 1,024 bytes. */
const maxPrefixBytes = 80;

/**
 * Reads the configured bucket. Self-hosted servers rarely have a host name per bucket, so an endpoint implies path style unless
 * configured otherwise.
 * @throws StartError that names the variable.
 */
export function readBucketLocation(environment: BucketVariables, cacheFolder: string): BucketLocation {
  const [, bucket, path = ""] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(environment.ARTIFACT_URL) ?? [];
  const folder = trimEndOf(path, "/");
  if (!bucket) throw new StartError("ARTIFACT_URL: must be of the form s3://bucket or s3://bucket/prefix");
  if (folder !== "" && !/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(folder)) {
    throw new StartError("ARTIFACT_URL: the prefix can contain only letters, digits, '.', '_', '-' and '/'");
  }
  if (folder.length > maxPrefixBytes) {
    throw new StartError(`ARTIFACT_URL: the prefix can have at most ${maxPrefixBytes} characters`);
  }
  return {
    kind: "bucket",
    bucket,
    prefix: folder === "" ? "" : `${folder}/`,
    endpoint: environment.S3_ENDPOINT,
    region: environment.S3_REGION ?? (environment.S3_ENDPOINT ? "us-east-1" : undefined),
    isPathStyle: environment.S3_PATH_STYLE ?? environment.S3_ENDPOINT !== undefined,
    cacheFolder,
    cacheBytes: environment.ARTIFACT_CACHE_BYTES,
  };
}
