import { parseArtifactPath } from "./artifact-key.ts";

/** Path in the artifact store that an address "mlflow-artifacts:/…" names, without the workspace; undefined for any other address. */
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

/** Whether one of two paths is the other, or a folder that holds it. */
export function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
