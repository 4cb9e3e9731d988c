import type { Context } from "#server/base/context.ts";

/** Returns who looks at a page, as `seenBy` asks for it. */
export function viewerOf({ actor }: Context): { id: string; isAdmin: boolean } {
  return { id: actor.id, isAdmin: actor.role === "admin" };
}
