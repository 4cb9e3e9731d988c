const signs: Record<string, string> = { EUR: "€", USD: "$", GBP: "£", JPY: "¥" };
const nbsp = "\u00a0";

/** Returns the prefix of an amount: "€", or the code of a currency without a sign of its own. */
export function currencySign(currency: string | null): string {
  return currency === null ? "" : (signs[currency] ?? `${currency}${nbsp}`);
}
