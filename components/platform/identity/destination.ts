/** Returns the page to open after sign-in: a path of this site, never of another. */
export function safePath(callbackUrl: string | string[] | undefined): string {
  if (typeof callbackUrl !== "string" || !callbackUrl.startsWith("/")) return "/";
  const url = new URL(callbackUrl, "http://leeway.invalid");
  return url.host === "leeway.invalid" ? url.pathname + url.search + url.hash : "/";
}

/** Returns the name of the page: "Models, digits"; undefined for the start page. */
export function describeDestination(path: string): string | undefined {
  const [area, name] = new URL(path, "http://leeway.invalid").pathname.split("/").filter(Boolean).map(decode);
  if (!area || area === "overview") return undefined;
  const title = area === "audit" ? "Audit log" : area[0]?.toUpperCase() + area.slice(1).replaceAll("-", " ");
  return name ? `${title}, ${name}` : title;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
