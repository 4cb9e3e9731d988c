/** Strongest shade, in percent: text on it keeps its contrast in both themes. */
const strongest = 80;

/** Returns the ground of a cell of a count grid: darker is more. @param share 0 to 1 */
export function shadeOf(share: number): string {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * strongest);
  return `color-mix(in srgb, var(--lw-control-edge) ${percent}%, var(--lw-hover))`;
}
