/** Release of Label Studio whose clients and files Leeway is tested with: docs/spec/labelling.md section 11. */
export const compatibleRelease = "1.23.2";
