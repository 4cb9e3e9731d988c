/** Saves a text as a file of the reader. Only in the browser. */
export function downloadText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name.replaceAll(/[\\/:*?"<>|]+/g, "-");
  link.click();
  URL.revokeObjectURL(url);
}
