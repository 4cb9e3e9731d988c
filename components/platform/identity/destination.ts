const site = "http://leeway.invalid";

/**
 * Returns the page to open after sign-in: a path of this site, never of another. An invitation is only shown: a link from elsewhere must
 * not accept it by the sign-in.
 */
export function safePath(callbackUrl: string | string[] | undefined): string {
  if (typeof callbackUrl !== "string" || !callbackUrl.startsWith("/")) return "/";
  const path = resolvePath(callbackUrl);
  // The browser resolves the result once more: "/.//evil.example" has become "//evil.example", which is another site.
  if (path === undefined || resolvePath(path) !== path) return "/";
  return path.startsWith("/invitations/") ? new URL(path, site).pathname : path;
}

/** Cookie with the invitation that a person accepts by the company sign-in that follows, and its lifetime. */
export const acceptedCookie = "leeway-invitation";
export const acceptedSeconds = 600;

/** Page after company sign-in by which an invitation is accepted, together with the cookie. */
export function acceptDestination(secret: string): string {
  return `/invitations/${secret}?accept=company`;
}

/** Page after company sign-in by which the company account is linked to the signed-in person's. */
export const linkDestination = "/settings/account?link=company";

/** Returns the normalised path of an address; undefined when it is invalid or leads to another site. */
function resolvePath(address: string): string | undefined {
  const url = URL.parse(address, site);
  return url?.origin === site ? url.pathname + url.search + url.hash : undefined;
}

/** Titles of areas that their addresses do not spell. */
const titles: Record<string, string | undefined> = { audit: "Audit log", slos: "SLOs" };

/** Returns the name of the page: "Models, digits"; undefined for the start page. */
export function describeDestination(path: string): string | undefined {
  const [area, name] = new URL(path, site).pathname.split("/").filter(Boolean).map(decode);
  if (!area || area === "overview") return undefined;
  if (area === "invitations") return "your invitation";
  const title = titles[area] ?? area[0]?.toUpperCase() + area.slice(1).replaceAll("-", " ");
  return name ? `${title}, ${name}` : title;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
