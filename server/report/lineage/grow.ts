import type { LineageEdge, LineageKey, LineageMore } from "./contract.ts";
import type { Direction } from "./relations.ts";

/** Two neighbours. */
export interface Pair extends LineageEdge {
  /** Neighbours of its kind that the node nearer to the start has. */
  total: number;
}

/** One direction of a walk, as far as it has come. */
export interface Growth {
  start: LineageKey;
  nodes: (LineageKey & { level: number })[];
  edges: LineageEdge[];
  more: LineageMore[];
  isCut: boolean;
}

export const keyOf = ({ kind, id }: LineageKey) => `${kind} ${id}`;

/**
 * Adds the neighbours of the last level as the next one. A node that is there already only gets an edge; what is left out is counted at the
 * node that it belongs to.
 * @param maxNodes nodes that the direction may have
 * @returns the nodes that are new
 */
export function addLevel(
  growth: Growth,
  pairs: readonly Pair[],
  { direction, level, maxNodes }: { direction: Direction; level: number; maxNodes: number },
): LineageKey[] {
  const known = new Set([growth.start, ...growth.nodes].map(keyOf));
  const added: LineageKey[] = [];
  const left = new Map<string, LineageMore>();
  for (const { made, source, detail, total } of pairs) {
    const [near, far] = direction === "made-from" ? [made, source] : [source, made];
    if (keyOf(near) === keyOf(far)) continue;
    const place = `${keyOf(near)} ${far.kind}`;
    const more = left.get(place) ?? { of: near, kind: far.kind, count: total };
    left.set(place, more);
    if (!known.has(keyOf(far))) {
      if (growth.nodes.length >= maxNodes) {
        growth.isCut = true;
        continue;
      }
      known.add(keyOf(far));
      growth.nodes.push({ ...far, level });
      added.push(far);
    }
    more.count -= 1;
    growth.edges.push({ made, source, detail });
  }
  growth.more.push(...[...left.values()].filter(({ count }) => count > 0));
  return added;
}
