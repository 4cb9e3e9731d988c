/** Elements of one row: all but the first dimension; undefined where that differs from request to request. */
export function widthOf(shape: readonly (number | string)[]): number | undefined {
  const rest = typeof shape[0] === "string" || shape[0] === 1 ? shape.slice(1) : shape;
  return rest.every((size) => typeof size === "number") ? rest.reduce((a, b) => a * b, 1) : undefined;
}
