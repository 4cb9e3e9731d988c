import { parseArtifactPath } from "./artifact-key.ts";

/** Returns the path in the artifact store of a URI "mlflow-artifacts:/…", without the workspace; undefined for any other URI. */
export function ownPath(address: string): string | undefined {
  const [, rest] = /^mlflow-artifacts:(\/.*)$/s.exec(address) ?? [];
  // "mlflow-artifacts://host/…" names another server.
  if (rest === undefined || rest.startsWith("//")) return undefined;
  const path = rest.split("/").filter(Boolean).join("/");
  try {
    return parseArtifactPath(path).join("/") || undefined;
  } catch {
    return undefined;
  }
}

/** Returns whether two paths are equal, or one is a folder that contains the other. */
export function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
