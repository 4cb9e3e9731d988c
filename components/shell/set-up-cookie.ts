const yearSeconds = 31_536_000;

/** Returns the name of the cookie with which a browser hides "Getting started" of a workspace. */
export function setUpCookieName(workspaceSlug: string): string {
  return `leeway-set-up-${workspaceSlug}`;
}

/** Hides "Getting started" of a workspace in this browser, so that the next page comes without it. */
export function hideSetUp(workspaceSlug: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: browsers without the Cookie Store API are supported
  document.cookie = `${setUpCookieName(workspaceSlug)}=hidden; path=/; max-age=${yearSeconds}; samesite=lax`;
}
