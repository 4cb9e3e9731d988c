/** Returns Feast's number of a version of a view: Feast counts from 0, Leeway from 1. */
export function toFeastVersion(version: number): number {
  return version - 1;
}

/** Returns Leeway's number of a version that a Feast client names. */
export function fromFeastVersion(version: number): number {
  return version + 1;
}
