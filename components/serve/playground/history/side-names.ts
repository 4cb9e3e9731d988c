import { providerName } from "#components/serve/endpoints/provider-name.ts";

/** Returns "v12" and "v14", with the execution provider if a version is compared with itself. */
export function sideNames(sides: readonly { version: number; provider?: string | undefined }[]): string[] {
  const isTwice = new Set(sides.map(({ version }) => version)).size < sides.length;
  return sides.map(({ version, provider }) =>
    isTwice ? `v${version} on ${provider ? providerName(provider) : "the default"}` : `v${version}`,
  );
}
