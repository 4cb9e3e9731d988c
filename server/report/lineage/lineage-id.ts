import type { LineageKind } from "#server/develop/lineage/contract.ts";

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Returns the id of something as a walk writes it; undefined if nothing of this kind can have it. */
export function lineageId(kind: LineageKind, id: string): string | undefined {
  const lower = id.toLowerCase();
  switch (kind) {
    case "endpoint":
    case "version":
    case "cycle":
    case "training-set":
    case "prediction":
      return uuid.test(lower) ? lower : undefined;
    case "deployment":
    case "predictions":
      return areTwoUuids(lower) ? lower : undefined;
    case "label-project":
      return /^[1-9]\d{0,14}$/.test(id) ? id : undefined;
    case "dataset-version":
      return id.lastIndexOf("@") > 0 ? id : undefined;
    default:
      return id.includes("\0") ? undefined : id;
  }
}

function areTwoUuids(id: string): boolean {
  const [first = "", second = "", ...others] = id.split("/");
  return others.length === 0 && uuid.test(first) && uuid.test(second);
}

/** Splits the id of a dataset version at its last "@": names may contain one, digests do not. */
export function nameAndDigest(id: string): { name: string; digest: string } {
  const at = id.lastIndexOf("@");
  return { name: id.slice(0, at), digest: id.slice(at + 1) };
}
