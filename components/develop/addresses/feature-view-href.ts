/** Returns the address of a feature view, or of a page below it. */
export function featureViewHref(name: string, page?: "edit"): string {
  return `/features/${encodeURIComponent(name)}${page ? `/${page}` : ""}`;
}

/**
 * Returns the address of a key of a feature view. @param keys values in the order of the join keys, as texts. @param at ISO 8601; without it,
 * the page shows the present row only
 */
export function featureKeyHref(view: string, keys: readonly string[], at?: string): string {
  const path = keys.map((key) => encodeURIComponent(toSegment(key))).join("/");
  return `${featureViewHref(view)}/keys/${path}${at ? `?at=${encodeURIComponent(at)}` : ""}`;
}

/** Reads a value of a key from a segment of an address. */
export function keyOfSegment(segment: string): string {
  const text = decodeURIComponent(segment);
  return text.startsWith("~") ? text.slice(1) : text;
}

/** Addresses drop empty segments and resolve dots, so those begin with "~", as does what begins with it. */
function toSegment(key: string): string {
  return key === "" || key === "." || key === ".." || key.startsWith("~") ? `~${key}` : key;
}
