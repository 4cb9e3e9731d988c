import type { Marker } from "#components/charts/markers.ts";
import { markerKinds } from "#components/respond/changes/marker-kinds.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { Change } from "#server/respond/changes/contract.ts";

const maxLabelLength = 24;

/** Converts changes to chart markers with a short label; a click opens the change, which shows the details. */
export function changeMarkers(changes: readonly Wire<Change>[]): Marker[] {
  return changes.map(({ at, kind, title, after, href }) => ({
    at: Date.parse(at),
    kind: markerKinds[kind],
    label: shortened(kind === "deploy" && after ? after : title),
    ...(href !== null && { href }),
  }));
}

function shortened(text: string): string {
  return text.length <= maxLabelLength ? text : `${text.slice(0, maxLabelLength - 1)}…`;
}
