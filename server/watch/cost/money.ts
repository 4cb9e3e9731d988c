import { currencySign } from "./contract.ts";

/** Formats money for a sentence, with three significant figures: "€36,400", "€0.116"; a value other than 0 is never shown as 0. */
export function formatMoney(amount: number, currency: string | null): string {
  const sign = currencySign(currency);
  const size = Math.abs(amount);
  if (size > 0 && size < 0.001) return `< ${sign}0.001`;
  const rounded = Number(size.toPrecision(3));
  const decimals = size >= 100 || size === 0 ? 0 : size >= 1 ? 2 : 3;
  const digits = rounded.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return `${amount < 0 ? "\u2212" : ""}${sign}${digits}`;
}
