import type { LoggedTensor } from "#server/serve/protocol/contract.ts";

/** Begins of files as base64, and their types. */
const prefixes: [string, string][] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["UklGR", "image/webp"],
];

/** A file of a logged tensor as an address that a browser shows; undefined when it is no picture. */
export function pictureAddress(base64: string): string | undefined {
  const [, type] = prefixes.find(([prefix]) => base64.startsWith(prefix)) ?? [];
  return type && /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? `data:${type};base64,${base64}` : undefined;
}

/** The pictures of a tensor of files, one per row; empty when some element is none. */
export function picturesOf({ encoding, data }: LoggedTensor): string[] {
  if (encoding !== "base64" || !data) return [];
  const addresses = data.map((file) => (typeof file === "string" ? pictureAddress(file) : undefined));
  return addresses.every((address) => address !== undefined) ? addresses : [];
}
