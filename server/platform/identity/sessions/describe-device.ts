import Bowser from "bowser";

/** Describes a browser by its User-Agent header: "Firefox on Linux"; null for a program that does not say what it is. */
export function describeDevice(userAgent: string | null): string | null {
  if (!userAgent) return null;
  const { browser, os } = Bowser.parse(userAgent);
  return [browser.name, os.name].filter(Boolean).join(" on ") || null;
}
