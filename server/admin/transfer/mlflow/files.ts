import { DomainError } from "#server/base/errors.ts";
import type { SourceFile } from "../source.ts";
import type { MlflowClient } from "./client.ts";
import { Files } from "./wire.ts";

const maxFiles = 100_000;

/** Endpoints for listing and opening the files of one item. */
export interface FileRoot {
  /** URI at the server. */
  uri: string;
  /** Lists a folder below the root; "" is the root. */
  list: { path: string; query(folder: string): Record<string, string> };
  /** Opens one file by the server, for roots that the artifact proxy does not serve. */
  open: { path: string; query(file: string): Record<string, string> };
}

/**
 * Yields all files below a root, folder by folder. They are opened through the artifact proxy if the server stores them itself, otherwise
 * by the route of its own pages, so that only the server needs to be reachable.
 * @throws DomainError "too-large" beyond 100,000 files.
 */
export async function* filesBelow(client: MlflowClient, root: FileRoot): AsyncGenerator<SourceFile> {
  const folders = [""];
  let count = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let token = "";
    do {
      const fields = { ...root.list.query(folder), ...(token && { page_token: token }) };
      const { files, next_page_token } = Files.parse(await client.request("GET", root.list.path, fields));
      for (const { path, is_dir, file_size } of files) {
        count += 1;
        if (count > maxFiles) throw new DomainError("too-large", `It has more than ${maxFiles} files.`);
        if (path === folder) continue;
        if (is_dir) folders.push(path);
        else yield { path, sizeBytes: file_size ?? 0, open: () => open(client, root, path) };
      }
      token = next_page_token;
    } while (token);
  }
}

function open(client: MlflowClient, root: FileRoot, path: string) {
  const [, proxied] = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/s.exec(root.uri) ?? [];
  if (proxied === undefined) return client.open(root.open.path, root.open.query(path));
  const segments = [...proxied.split("/"), ...path.split("/")].filter(Boolean).map(encodeURIComponent);
  return client.open(`/api/2.0/mlflow-artifacts/artifacts/${segments.join("/")}`, {});
}
