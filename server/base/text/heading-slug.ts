/** Returns the anchor of a heading as GitHub generates it: "A/B comparison" becomes "ab-comparison". */
export function headingSlug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
}
