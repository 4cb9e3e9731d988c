import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { ChangeMessage, EventFeed } from "./listen.ts";

/**
 * Subscribes to the changes of the caller's workspace, and to "missed" when some may have been lost.
 * @returns a function that ends the subscription.
 */
export function watchEvents(ctx: Context, feed: EventFeed, onMessage: (message: ChangeMessage) => void): () => void {
  permit(ctx, "watchEvents");
  return feed.subscribe((message) => {
    if (message === "missed" || message.workspaceId === ctx.actor.workspaceId) onMessage(message);
  });
}
