import type { ArtifactFile } from "#server/develop/tracking/artifacts/contract.ts";
import { pathInRoot } from "#server/develop/tracking/artifacts/locate.ts";
import { compact } from "./shapes.ts";

/** FileInfo: a folder and an empty file have no size. @param path of the file as the caller shall see it. */
export function fileOnWire({ isFolder, sizeBytes }: ArtifactFile, path: string): object {
  return compact({ path, is_dir: isFolder, file_size: sizeBytes || undefined });
}

/**
 * Listing of a folder in the root of a run or model, whose paths start at that root. Artifacts kept elsewhere are not listed.
 * @param folder below the root, checked; "" is the root. @param list what lies in a folder of the store.
 */
export async function folderListing(
  rootUri: string,
  folder: string,
  list: (path: string) => Promise<ArtifactFile[]>,
): Promise<object> {
  const path = pathInRoot(rootUri, folder);
  const files = path === undefined ? [] : await list(path);
  const prefix = folder ? `${folder}/` : "";
  return compact({ root_uri: rootUri, files: files.map((file) => fileOnWire(file, prefix + file.name)) });
}
