import { isIP } from "node:net";

/**
 * Returns the site of an address, as far as one site or one person usually reaches: the /24 of IPv4 and the /48 of IPv6. An IPv4 address
 * inside IPv6 counts as IPv4. "unknown" for anything else.
 */
export function siteOf(address: string): string {
  const [plain = ""] = address.toLowerCase().split("%");
  const inside = plain.startsWith("::ffff:") ? plain.slice("::ffff:".length) : plain;
  if (isIP(inside) === 4) return `${inside.split(".").slice(0, 3).join(".")}.0/24`;
  if (isIP(plain) !== 6) return "unknown";
  const [head = ""] = plain.split("::");
  const groups = [...head.split(":").filter(Boolean), "0", "0", "0"].slice(0, 3);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/48`;
}
