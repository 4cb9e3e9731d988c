/** Returns the address of a training set. */
export function trainingSetHref(id: string): string {
  return `/training-sets/${id}`;
}
