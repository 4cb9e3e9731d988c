import { backgroundPriority } from "./waiting-request.ts";

/** Levels that requests may ask for, and the one of those that ask for none; 0 levels ignore what they ask for. */
export interface Priorities {
  levels: number;
  default: number;
}

/**
 * Returns the index of a request's priority level, 0 being served first. There is one level more than clients can request: background
 * requests come last.
 * @param priority requested, 1 being the highest; 0 requests none
 */
export function priorityLevel(priority: number, { levels, default: usual }: Priorities): number {
  if (priority === backgroundPriority) return levels || 1;
  return levels === 0 ? 0 : Math.min(levels, priority || usual) - 1;
}
