/** A number as programs write it; a spreadsheet reads it as one and runs nothing. */
const number = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Formats one line of CSV (RFC 4180). Text that a spreadsheet would run as a formula is marked as text; numbers stay as they are. */
export function csvLine(values: readonly string[]): string {
  return `${values.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: string): string {
  const isFormula = /^[=+\-@\t\r\n]/.test(value) && !number.test(value);
  const safe = isFormula ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
