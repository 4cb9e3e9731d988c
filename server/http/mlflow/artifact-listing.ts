import type { ArtifactFile } from "#server/develop/tracking/artifacts/contract.ts";
import { pathInRoot } from "#server/develop/tracking/artifacts/locate.ts";
import { compact } from "./shapes.ts";

/** Builds a FileInfo: a folder and an empty file have no size. @param path of the file as shown to the caller. */
export function fileOnWire({ isFolder, sizeBytes }: ArtifactFile, path: string): object {
  return compact({ path, is_dir: isFolder, file_size: sizeBytes || undefined });
}

/**
 * Lists a folder in the root of a run or model, with paths relative to that root. Artifacts stored elsewhere are not listed.
 * @param folder below the root, checked; "" is the root. @param list lists a folder of the store.
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
