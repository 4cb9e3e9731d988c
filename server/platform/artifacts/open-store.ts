import type { ArtifactLocation } from "./artifact-location.ts";
import { openLocalStore } from "./local-store.ts";
import type { ArtifactStore } from "./store.ts";

/** Opens the artifact store of this installation. The code for buckets is large, and loaded only where there is one. */
export async function openStore(location: ArtifactLocation): Promise<ArtifactStore> {
  if (location.kind === "folder") return openLocalStore(location.path);
  const { openBucketStore } = await import("./bucket/bucket-store.ts");
  return openBucketStore(location);
}
