import type { LabelClass } from "#server/improve/labelling/contract.ts";

const series = 6;

/** Returns the CSS colour of each class: that of the configuration if it is a plain one, else one of the chart series by its place. */
export function colorsOf(classes: readonly LabelClass[]): Record<string, string> {
  return Object.fromEntries(
    classes.map(({ name, color }, index) => [
      name,
      color && /^(?:#[0-9a-f]{3,8}|[a-z]{3,20})$/i.test(color) ? color : `var(--lw-series-${(index % series) + 1})`,
    ]),
  );
}
