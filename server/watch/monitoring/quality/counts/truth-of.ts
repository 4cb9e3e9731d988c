/** Returns a label as the model's class name: labels may contain the name of a class or its number. */
export function truthOf(label: string, labels: readonly string[] | undefined): string {
  const text = label.trim();
  if (!labels || labels.includes(text)) return text;
  return /^\d{1,6}$/.test(text) ? (labels[Number(text)] ?? text) : text;
}
