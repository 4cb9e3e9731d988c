import type { GameDay } from "#server/respond/drills/contract.ts";

interface Viewer {
  id: string;
  isAdmin: boolean;
}

/** Returns whether someone may know what a game day does before its end: everyone if it is announced, else its owner and admins. */
export function mayKnow({ isAnnounced, owner }: GameDay, viewer: Viewer): boolean {
  return isAnnounced || owner.id === viewer.id || viewer.isAdmin;
}

/** Returns a game day as pages show it: while one runs that is not announced, it is still planned for those who may not know. */
export function seenBy(day: GameDay, viewer: Viewer): GameDay {
  if (day.state !== "running" || mayKnow(day, viewer)) return day;
  return { ...day, state: "planned", startedAt: null, until: null };
}
