/** Page that lists materialisations. */
export const materialisationsPath = "/features/materialisations";

/** Returns the address of a materialisation. */
export function materialisationHref(id: string): string {
  return `${materialisationsPath}/${id}`;
}
