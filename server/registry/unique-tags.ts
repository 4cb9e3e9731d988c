import type { Tag } from "./contract.ts";

/** Of tags with the same key, the last one counts. */
export function uniqueTags(tags: Tag[]): Tag[] {
  return [...new Map(tags.map((tag) => [tag.key, tag])).values()];
}
