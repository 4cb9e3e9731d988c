import type { Series } from "#components/charts/prepare.ts";

/**
 * The lines of a span with those of another one over them: the other ones dashed, moved onto the same times and named for what they are.
 * Of each kind at most one of the others is drawn, or nobody could tell the lines apart.
 * @param shift milliseconds that the other span lies before this one
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
