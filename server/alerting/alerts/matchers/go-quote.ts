const escapes: Record<string, string> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};
const meanings: Record<string, string> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
};

/** Returns a text in double quotes, as Go's strconv.Quote writes it. */
export function goQuote(text: string): string {
  const inside = [...text].map((character) => {
    const known = escapes[character];
    if (known !== undefined) return known;
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
    if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)) return character;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
  });
  return `"${inside.join("")}"`;
}

/** Returns the text between double quotes with Go's escapes resolved; undefined for an invalid escape. */
export function goUnquote(inside: string): string | undefined {
  let isBad = false;
  const pattern = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.|\n)|$)/g;
  const bytes: number[] = [];
  let last = 0;
  const addText = (text: string) => bytes.push(...Buffer.from(text));
  for (const found of inside.matchAll(pattern)) {
    addText(inside.slice(last, found.index));
    last = found.index + found[0].length;
    const [, hexByte, short, long, octal, letter] = found;
    if (hexByte !== undefined) bytes.push(Number.parseInt(hexByte, 16));
    else if (octal !== undefined && Number.parseInt(octal, 8) < 256) bytes.push(Number.parseInt(octal, 8));
    else if (short ?? long) {
      const code = Number.parseInt(short ?? long ?? "", 16);
      if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) isBad = true;
      else addText(String.fromCodePoint(code));
    } else if (letter !== undefined && meanings[letter] !== undefined) addText(meanings[letter]);
    else isBad = true;
  }
  addText(inside.slice(last));
  return isBad ? undefined : Buffer.from(bytes).toString("utf8");
}
