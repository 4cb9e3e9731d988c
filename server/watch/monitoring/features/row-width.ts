/** Returns the number of elements of one row: all but the first dimension; undefined if that varies between requests. */
export function widthOf(shape: readonly (number | string)[]): number | undefined {
  const rest = typeof shape[0] === "string" || shape[0] === 1 ? shape.slice(1) : shape;
  return rest.every((size) => typeof size === "number") ? rest.reduce((a, b) => a * b, 1) : undefined;
}
