/** Returns an IPv4 address as it is, also one written as IPv6, and of an IPv6 address its first 64 bits. */
export function networkOf(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [before = "", after] = address.split("::");
  const groups = before.split(":").filter(Boolean);
  const omitted = after === undefined ? 0 : 8 - groups.length - after.split(":").filter(Boolean).length;
  const all = [
    ...groups,
    ...Array<string>(Math.max(0, omitted)).fill("0"),
    ...(after ?? "").split(":").filter(Boolean),
  ];
  return `${all.slice(0, 4).join(":")}::/64`;
}
