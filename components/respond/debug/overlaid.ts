import type { Series } from "#components/charts/prepare.ts";

/**
 * Overlays the lines of another time range on those of a range: the others are dashed, shifted to the same times and labelled.
 * At most one of the others is drawn per kind, because more could not be distinguished.
 * @param shift milliseconds by which the other range precedes this one
 */
export function overlaid(
  own: readonly Series[],
  others: readonly Series[],
  { shift, label }: { shift: number; label: string },
): Series[] {
  const [other] = others.filter(({ id }) => id === "p95").concat(others);
  if (!other) return [...own];
  return [
    ...own,
    {
      id: `before ${other.id}`,
      label: own.length > 1 || other.id === "p95" ? `${other.label}, ${label}` : label,
      kind: "estimate",
      index: 5,
      points: other.points.map(({ at, value }) => ({ at: at + shift, value })),
    },
  ];
}
