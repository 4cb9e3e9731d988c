/** What alpha says about labels: good to use, with care, or that people do not agree on what the classes mean. */
export type AgreementGrade = "reliable" | "tentative" | "unreliable";

/**
 * Grades agreement by the limits that Krippendorff, "Content Analysis", 2004, section 11.4.2 recommends: 0.8 and 0.667.
 * @param alpha null where it is undefined @returns null where alpha is
 */
export function agreementGrade(alpha: number | null): AgreementGrade | null {
  if (alpha === null || Number.isNaN(alpha)) return null;
  if (alpha >= 0.8) return "reliable";
  return alpha >= 0.667 ? "tentative" : "unreliable";
}
