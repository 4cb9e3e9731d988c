import { expect, test } from "vitest";
import { checkEngineUrl, lookupBy, readEngineUrl } from "./address.ts";

const strict = { allowsPrivate: false };
const open = { allowsPrivate: true };

test.each([
  ["triton", "https://triton.example.org"],
  ["ftp://a.test", "https://triton.example.org"],
  ["https://me:secret@a.test", "secret header"],
  ["https://a.test/?x=1", "must not contain ?"],
  ["http://a.test", "ENGINE_PRIVATE_ADDRESSES"],
  ["https://10.0.0.7", "10.0.0.7 is a private address"],
  ["https://2130706433", "127.0.0.1 is a private address"], // 127.0.0.1
  ["https://[::1]", "::1 is a private address"],
])("rejects %s: %s", (text, why) => {
  expect(() => readEngineUrl(text, strict)).toThrow(why);
});

test("keeps a path prefix, strips a trailing slash, and allows private networks only by rule", () => {
  expect(readEngineUrl("https://8.8.8.8/models/", strict)).toBe("https://8.8.8.8/models");
  expect(readEngineUrl("http://10.0.0.7:8000", open)).toBe("http://10.0.0.7:8000");
});

test("rejects a host name by its address, at deployment and at every connection", async () => {
  await expect(checkEngineUrl("https://localhost", strict)).rejects.toMatchObject({ code: "invalid" });
  expect(await checkEngineUrl("http://localhost:8000/", open)).toBe("http://localhost:8000");
  const find = (rules: typeof strict) =>
    new Promise((resolve, reject) =>
      lookupBy(rules)("localhost", {}, (error, address) => (error ? reject(error) : resolve(address))),
    );
  await expect(find(strict)).rejects.toThrow("a private address");
  expect(["127.0.0.1", "::1"]).toContain(await find(open));
});
