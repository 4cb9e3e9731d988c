import type { Override, ScheduleLayer, Shift } from "./contract.ts";
import { layerShifts } from "./layer-shifts.ts";
import { overlaid, shared } from "./spans.ts";

export interface Rotation {
  timeZone: string;
  /** Layers of the schedule; later ones take precedence. */
  layers: readonly ScheduleLayer[];
}

type Takeover = Pick<Override, "id" | "userId" | "from" | "to">;

/**
 * Returns the shifts in a time range, in order of time: layers from the lowest to the highest, and overrides above all of them, later
 * ones above earlier ones. Times without a person are omitted: a gap stays a gap.
 */
export function shiftsOf(
  { timeZone, layers }: Rotation,
  overrides: readonly Takeover[],
  span: { from: Date; to: Date },
): Shift[] {
  const ofLayers = layers.reduce<Shift[]>((below, layer) => overlaid(below, layerShifts(layer, timeZone, span)), []);
  return overrides.reduce((below, override) => overlaid(below, within(override, span)), ofLayers);
}

function within({ id, userId, from, to }: Takeover, span: { from: Date; to: Date }): Shift[] {
  const inside = shared(
    { from: from.getTime(), to: to.getTime() },
    { from: span.from.getTime(), to: span.to.getTime() },
  );
  if (!inside) return [];
  return [{ userId, from: new Date(inside.from), to: new Date(inside.to), layer: "override", overrideId: id }];
}
