import { expect, test } from "vitest";
import { decodePageToken, encodePageToken } from "./page-token.ts";

const query = [[1], "metrics.acc > 0"];
const token = encodePageToken(query, [0.1, "run"]);

test("a token leads on where the last page ended", () => {
  expect(decodePageToken(token, query, ["number", "text"])).toEqual([0.1, "run"]);
});

test("no token or an empty one is the first page", () => {
  expect(decodePageToken(undefined, query, ["number"])).toBeUndefined();
  expect(decodePageToken("", query, ["number"])).toBeUndefined();
});

test.each(["garbage", "not base64!", "e30=", "W10=", "bm8gSlNPTiE="])("the token %j is refused", (text) => {
  expect(() => decodePageToken(text, query, ["number", "text"])).toThrow("Invalid page token");
});

test("a token of another search, or with values of another kind, is refused", () => {
  expect(() => decodePageToken(token, [[1], "other"], ["number", "text"])).toThrow("another filter or order");
  expect(() => decodePageToken(token, query, ["text", "text"])).toThrow("Invalid page token");
  expect(() => decodePageToken(token, query, ["number"])).toThrow("Invalid page token");
});
