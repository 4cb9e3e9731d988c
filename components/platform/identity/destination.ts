const site = "http://leeway.invalid";

/** Returns the page to open after sign-in: a path of this site, never of another. */
export function safePath(callbackUrl: string | string[] | undefined): string {
  if (typeof callbackUrl !== "string" || !callbackUrl.startsWith("/")) return "/";
  const path = resolvePath(callbackUrl);
  // The browser resolves the result once more: "/.//evil.example" has become "//evil.example", which is another site.
  return path !== undefined && resolvePath(path) === path ? path : "/";
}

/** Returns the normalised path of an address; undefined when it is invalid or leads to another site. */
function resolvePath(address: string): string | undefined {
  const url = URL.parse(address, site);
  return url?.origin === site ? url.pathname + url.search + url.hash : undefined;
}

/** Returns the name of the page: "Models, digits"; undefined for the start page. */
export function describeDestination(path: string): string | undefined {
  const [area, name] = new URL(path, site).pathname.split("/").filter(Boolean).map(decode);
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
