import type { ArtifactStore } from "#server/platform/artifacts/store.ts";

const maxFiles = 5000;
const maxFolders = 5000;

export interface FileList {
  files: { path: string; key: string; sizeBytes: number }[];
  /** Whether there are more files than are listed. */
  isCut: boolean;
}

/** Lists all files below a folder, with relative paths; or the one file that the key names. @throws DomainError "not-found" */
export async function listFiles(artifacts: ArtifactStore, root: string): Promise<FileList> {
  const files: FileList["files"] = [];
  const folders = [""];
  let seen = 0;
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    if (files.length >= maxFiles || seen >= maxFolders) return { files, isCut: true };
    seen += 1;
    for (const { name, isFolder, sizeBytes = 0 } of await artifacts.list(root + folder)) {
      const path = `${folder}/${name}`;
      if (isFolder) folders.push(path);
      else files.push({ path: path.slice(1), key: root + path, sizeBytes });
    }
  }
  if (files.length > 0) return { files, isCut: false };
  const { sizeBytes } = await artifacts.stat(root);
  return { files: [{ path: root.slice(root.lastIndexOf("/") + 1), key: root, sizeBytes }], isCut: false };
}
