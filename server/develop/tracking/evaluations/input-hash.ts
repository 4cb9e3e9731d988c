import { createHash } from "node:crypto";

/** Returns the SHA-256 in hex of JSON with members sorted at every depth: equal inputs have equal hashes, regardless of their notation. */
export function inputHash(inputs: Record<string, unknown>): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(inputs)))
    .digest("hex");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  // Uses a list of pairs because an object would put integer-like members first.
  return { members: members.map(([key, member]) => [key, sorted(member)]) };
}
