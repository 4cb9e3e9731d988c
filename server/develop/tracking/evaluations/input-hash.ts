import { createHash } from "node:crypto";

/** SHA-256 in hex of JSON whose members are sorted at every depth: the same question is the same hash, however it was written. */
export function inputHash(inputs: Record<string, unknown>): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(inputs)))
    .digest("hex");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  // A list of pairs, since an object would put members that look like numbers first.
  return { members: members.map(([key, member]) => [key, sorted(member)]) };
}
