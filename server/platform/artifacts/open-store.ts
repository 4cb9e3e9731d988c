import type { ArtifactPlace } from "./artifact-place.ts";
import { openLocalStore } from "./local-store.ts";
import type { ArtifactStore } from "./store.ts";

/** Opens the artifact store of this installation. The code for buckets is large, and loaded only where there is one. */
export async function openStore(place: ArtifactPlace): Promise<ArtifactStore> {
  if (place.kind === "folder") return openLocalStore(place.path);
  const { openBucketStore } = await import("./bucket/bucket-store.ts");
  return openBucketStore(place);
}
