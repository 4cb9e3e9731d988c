/** Page that creates a training set. */
export const newTrainingSetPath = "/training-sets/new";

/** Returns the address of a training set. */
export function trainingSetHref(id: string): string {
  return `/training-sets/${id}`;
}
