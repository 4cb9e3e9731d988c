import { type LookupAddress, lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { promisify } from "node:util";
import { DomainError } from "#server/base/errors.ts";
import { trimEndOf } from "#server/base/text/trim-of.ts";
import { isPublic } from "#server/platform/network/address.ts";
import type { EngineRules } from "./contract.ts";

/** Input field that names an engine. */
const field = "engine.url";
const howToAllow = "Your Leeway administrator can allow this with ENGINE_PRIVATE_ADDRESSES=true.";

/**
 * Reads the address of an engine: https to a host on the internet, or with the rule for private networks any http or https.
 * @returns without a slash at the end. @throws DomainError "invalid" that says what is wrong with it.
 */
export function readEngineUrl(text: string, { allowsPrivate }: EngineRules): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw refused("Enter the engine URL, for example https://triton.example.org.");
  }
  if (url.protocol === "http:" && !allowsPrivate) {
    throw refused(`Engines must use https; http is allowed only in private networks. ${howToAllow}`);
  }
  if (url.username || url.password) {
    throw refused("Put engine credentials in the secret header, not in the URL.");
  }
  if (url.search || url.hash) throw refused("The engine URL must not contain ? or #.");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host)) refusePrivate(host, host, { allowsPrivate });
  return trimEndOf(url.href, "/");
}

/**
 * Checks and normalises the address of an engine, whose host must resolve.
 * @throws DomainError "invalid" when it is not allowed, "unavailable" when the name has no address
 */
export async function checkEngineUrl(text: string, rules: EngineRules): Promise<string> {
  const address = readEngineUrl(text, rules);
  const { hostname } = new URL(address);
  if (rules.allowsPrivate || isIP(hostname.replace(/^\[|\]$/g, ""))) return address;
  const found = await promisify(lookup)(hostname, { all: true }).catch((cause: unknown) => {
    throw new DomainError("unavailable", `The host name ${hostname} cannot be resolved. Check the engine URL.`, {
      cause,
      field,
    });
  });
  for (const { address } of found) refusePrivate(hostname, address, rules);
  return address;
}

/** Finds hosts for connections, each time by the rules: a name may lead somewhere else later. */
export function lookupBy(rules: EngineRules): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return done(error, "");
      try {
        for (const { address } of found) refusePrivate(host, address, rules);
      } catch (refusal) {
        return done(refusal as Error, "");
      }
      const [first] = found;
      if (options.all) return done(null, found);
      return done(null, first?.address ?? "", first?.family);
    });
  };
}

function refusePrivate(host: string, address: string, { allowsPrivate }: EngineRules): void {
  if (allowsPrivate || isPublic(address)) return;
  const what = host === address ? `${host} is` : `${host} resolves to ${address},`;
  throw refused(`${what} a private address. ${howToAllow}`);
}

function refused(message: string): DomainError {
  return new DomainError("invalid", message, { field });
}
