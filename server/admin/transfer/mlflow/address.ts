import { lookup } from "node:dns/promises";
import { DomainError } from "#server/base/errors.ts";
import { trimEndOf } from "#server/base/text/trim-of.ts";
import { isPublic } from "#server/platform/network/address.ts";
import type { ImportRules } from "../contract.ts";

/**
 * Reads the address of an MLflow server: http or https, with an optional path prefix.
 * @returns without a slash at the end. @throws DomainError "invalid" that says what is wrong with it.
 */
export function readAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new DomainError("invalid", "Enter the server URL, for example https://mlflow.example.org.");
  }
  if (url.username || url.password) {
    throw new DomainError("invalid", "Enter username and password in their own fields, not in the URL.");
  }
  if (url.search || url.hash) throw new DomainError("invalid", "The URL must not contain ? or #.");
  return trimEndOf(url.href, "/");
}

/**
 * Resolves a host to an address. Connections use exactly this address, so that the name cannot resolve to another one later. Private
 * addresses, including this machine's, are only permitted if the installation allows them: otherwise a user who may start an import could
 * reach what only Leeway can.
 * @throws DomainError "invalid" for an address that is not allowed, "unavailable" when the name has none.
 */
export async function resolveHost(url: URL, rules: ImportRules): Promise<{ address: string; family: number }> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const found = await lookup(host, { all: true }).catch((cause: unknown) => {
    throw new DomainError("unavailable", `The host name ${host} cannot be resolved. Check the server URL.`, {
      cause,
    });
  });
  const inside = rules.allowsPrivate ? undefined : found.find(({ address }) => !isPublic(address));
  if (inside) {
    const what = host === inside.address ? `${host} is` : `${host} resolves to ${inside.address},`;
    throw new DomainError(
      "invalid",
      `${what} a private address. Your Leeway administrator can allow this with IMPORT_PRIVATE_ADDRESSES=true.`,
    );
  }
  const [first] = found;
  if (!first) throw new DomainError("unavailable", `The host name ${host} cannot be resolved. Check the server URL.`);
  return first;
}
