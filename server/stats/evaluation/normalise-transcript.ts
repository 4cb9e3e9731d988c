/**
 * Normalises a transcript for word errors: compatibility forms of Unicode (NFKC), lower case, typographic apostrophes as ', hyphens, dashes and / as
 * spaces, other punctuation removed but an apostrophe between letters or digits, and runs of white space as one space. Accents and numbers
 * stay as they are (docs/spec/evaluation.md section 5.1).
 */
export function normaliseTranscript(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/[\p{Pd}/]/gu, " ")
    .replace(/((?<=[\p{L}\p{M}\p{N}])'(?=[\p{L}\p{N}]))|\p{P}/gu, "$1")
    .replace(/\s+/gu, " ")
    .trim();
}
