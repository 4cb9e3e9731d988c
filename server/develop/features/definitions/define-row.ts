import { createHash } from "node:crypto";
import { canonicalJson } from "#server/base/canonical-json.ts";

/** Returns the SHA-256 of the RFC 8785 form of a value, as hex. */
export function digestOfSpec(spec: unknown): string {
  return createHash("sha256").update(canonicalJson(spec), "utf8").digest("hex");
}

interface Common {
  description: string;
  owner: string;
  tags: Record<string, string>;
  feastMessage: Uint8Array | null;
}

/** Columns that every definition has. */
export function commonColumns({ description, owner, tags, feastMessage }: Common) {
  return { description, owner, tags, feastMessage: feastMessage && Buffer.from(feastMessage) };
}

/**
 * Returns whether two definitions differ in what may change in place. The same definition from elsewhere than Feast leaves the message that is
 * there, which still says the same.
 */
export function differsInPlace(
  before: Record<string, unknown>,
  { feastMessage, ...after }: Record<string, unknown>,
): boolean {
  const differs = (column: string, value: unknown) => comparable(before[column]) !== comparable(value);
  if (Object.entries(after).some(([column, value]) => differs(column, value))) return true;
  return feastMessage !== null && differs("feastMessage", feastMessage);
}

function comparable(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : canonicalJson(value ?? null);
}
