/** A complaint about a query, with the place of the part that it quotes, if the query holds it. */
export function locateComplaint(query: string, message: string): { message: string; from?: number; to?: number } {
  // What is quoted may hold quotes itself: the longest one is tried first.
  const quotes = [
    /'(.+)'/s.exec(message),
    ...message.matchAll(/'([^']+)'/g),
    /(?:Found|Got value) (.+)$/s.exec(message),
  ];
  for (const part of quotes.map((match) => match?.[1]?.trim() ?? "")) {
    const from = query.indexOf(part);
    if (part && from >= 0) return { message, from, to: from + part.length };
  }
  return { message };
}
