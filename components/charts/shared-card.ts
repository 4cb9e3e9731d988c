import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { TooltipLine } from "./chart-tooltip.tsx";

type LinesAt = (at: number) => readonly TooltipLine[];

const groups = new Map<string, Map<Element, LinesAt>>();

interface SharedCard {
  syncId: string | undefined;
  /** What the card calls this chart: "p95"; undefined for a chart with a card of its own. */
  name: string | undefined;
  linesAt: LinesAt;
}

/**
 * Returns what the card of a chart says at a moment. Charts with the same id and a name have one card: it says what all of them show, in the order in
 * which they stand on the page.
 * @param box element of the chart
 */
export function useSharedCard(box: RefObject<Element | null>, { syncId, name, linesAt }: SharedCard): LinesAt {
  const latest = useRef(linesAt);
  useLayoutEffect(() => {
    latest.current = linesAt;
  });
  const isShared = syncId !== undefined && name !== undefined;
  useEffect(() => {
    const element = box.current;
    if (!isShared || !element) return;
    const group = groups.get(syncId) ?? new Map<Element, LinesAt>();
    const named = (at: number) => latest.current(at).map((line) => ({ ...line, label: `${name}, ${line.label}` }));
    groups.set(syncId, group.set(element, named));
    return () => {
      group.delete(element);
      if (group.size === 0) groups.delete(syncId);
    };
  }, [box, isShared, name, syncId]);
  if (!isShared) return linesAt;
  return (at) =>
    [...(groups.get(syncId) ?? [])]
      .toSorted(([one], [other]) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1))
      .flatMap(([, lines]) => lines(at));
}
