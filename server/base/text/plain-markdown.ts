const link = /\[(?<text>[^[\]]*)\]\([^()]*\)/g;

/** Returns the words of a line of Markdown: the texts of its links, without the marks of emphasis. */
export function plainMarkdown(markdown: string): string {
  return markdown.replaceAll(link, "$<text>").replaceAll("**", "");
}
