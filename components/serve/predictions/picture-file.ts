import type { LoggedTensor } from "#server/serve/protocol/contract.ts";

/** Starts of files as Base64, and their types. */
const prefixes: [string, string][] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["UklGR", "image/webp"],
];

/** Converts a file of a logged tensor to a data URL for display; undefined if it is not an image. */
export function pictureAddress(base64: string): string | undefined {
  const [, type] = prefixes.find(([prefix]) => base64.startsWith(prefix)) ?? [];
  return type && /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? `data:${type};base64,${base64}` : undefined;
}

/** Returns the images of a tensor of files, one per row; empty if any element is not an image. */
export function picturesOf({ encoding, data }: LoggedTensor): string[] {
  if (encoding !== "base64" || !data) return [];
  const addresses = data.map((file) => (typeof file === "string" ? pictureAddress(file) : undefined));
  return addresses.every((address) => address !== undefined) ? addresses : [];
}
