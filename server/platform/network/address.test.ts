import { expect, test } from "vitest";
import { checkAddress, isPublic, readUrl, resolve } from "./address.ts";

const strict = { allowsPrivate: false };
const open = { allowsPrivate: true };

test.each([
  "127.0.0.1",
  "10.1.2.3",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "192.0.2.1",
  "198.18.0.1",
  "198.51.100.1",
  "203.0.113.1",
  "::",
  "::1",
  "fe80::1",
  "fc00::1",
  "fd12::1",
  "ff02::1",
  "::ffff:127.0.0.1",
  "::ffff:8.8.8.8",
  "::127.0.0.1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "2001:db8::1",
  "2001::1",
])("treats %s as not public", (address) => {
  expect(isPublic(address)).toBe(false);
});

test.each(["8.8.8.8", "172.32.0.1", "193.0.0.1", "2606:4700::1111", "2a00:1450::1"])(
  "treats %s as public",
  (address) => {
    expect(isPublic(address)).toBe(true);
  },
);

test.each(["ftp://a.test/x", "file:///etc/passwd", "no url", "http://a.test/x", "javascript:1"])(
  "rejects the scheme of %j",
  (text) => {
    expect(() => readUrl(text, strict)).toThrow("Invalid webhook URL scheme");
  },
);

test("rejects credentials in the URL", () => {
  expect(() => readUrl("https://me:secret@a.test/", strict)).toThrow("username or password");
});

// Ways of writing 127.0.0.1 that a URL parser or a resolver understands.
test.each([
  "https://2130706433/",
  "https://0x7f.1/",
  "https://0177.0.0.1/",
  "https://127.1/",
  "https://[::ffff:7f00:1]/",
])("rejects %s as a disguised private address", async (text) => {
  await expect(checkAddress(text, strict)).rejects.toMatchObject({ code: "invalid" });
});

test("resolves a name once, and rejects it by its address", async () => {
  const url = new URL("https://localhost/hook");
  await expect(resolve(url, strict)).rejects.toThrow(/'localhost' resolves to (127\.0\.0\.1|::1)/);
  expect(["127.0.0.1", "::1"]).toContain((await resolve(url, open)).address);
});
