/** Licence names by pattern in the text of a licence; the first match wins. */
const texts: [RegExp, string][] = [
  [/SPDX-License-Identifier:\s*([\w.+-]+)/, "$1"],
  [/GNU AFFERO GENERAL PUBLIC LICENSE\s+Version 3/i, "AGPL-3.0"],
  [/GNU LESSER GENERAL PUBLIC LICENSE\s+Version 3/i, "LGPL-3.0"],
  [/GNU GENERAL PUBLIC LICENSE\s+Version 3/i, "GPL-3.0"],
  [/GNU GENERAL PUBLIC LICENSE\s+Version 2/i, "GPL-2.0"],
  [/Mozilla Public License,? Version 2\.0/i, "MPL-2.0"],
  [/Apache License\s+Version 2\.0/i, "Apache-2.0"],
  [/Attribution-NonCommercial 4\.0 International/i, "CC-BY-NC-4.0"],
  [/Attribution 4\.0 International/i, "CC-BY-4.0"],
  [/CC0 1\.0 Universal/i, "CC0-1.0"],
  [/Neither the name of [\s\S]{0,200} nor the names of/i, "BSD-3-Clause"],
  [/Redistributions in binary form must reproduce/i, "BSD-2-Clause"],
  [/Permission is hereby granted, free of charge/i, "MIT"],
  [/LLAMA \d[\d.]* COMMUNITY LICENSE/i, "Llama community licence"],
  [/OpenRAIL/i, "OpenRAIL"],
];

/** Returns whether the name of a file in the version's folder is that of a licence. */
export function isLicenceFile(path: string): boolean {
  return /^(licen[cs]e|copying)([.-][\w.-]*)?$/i.test(path);
}

/** Returns the name of a licence from its text; otherwise its first line. */
export function licenceOfText(text: string): string | undefined {
  for (const [pattern, name] of texts) {
    const match = pattern.exec(text);
    if (match) return name === "$1" ? match[1] : name;
  }
  return text
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line !== "")
    ?.slice(0, 100);
}
