import { expect, test } from "vitest";
import { decodePageToken, encodePageToken } from "./page-token.ts";

const query = [[1], "metrics.acc > 0"];
const token = encodePageToken(query, [0.1, "run"]);

test("decodes the position where the last page ended", () => {
  expect(decodePageToken(token, query, ["number", "text"])).toEqual([0.1, "run"]);
});

test("returns the first page for a missing or empty token", () => {
  expect(decodePageToken(undefined, query, ["number"])).toBeUndefined();
  expect(decodePageToken("", query, ["number"])).toBeUndefined();
});

test.each(["garbage", "not base64!", "e30=", "W10=", "bm8gSlNPTiE="])("rejects the token %j", (text) => {
  expect(() => decodePageToken(text, query, ["number", "text"])).toThrow("Invalid page token");
});

test("rejects a token of another search or with values of another type", () => {
  expect(() => decodePageToken(token, [[1], "other"], ["number", "text"])).toThrow("another filter or order");
  expect(() => decodePageToken(token, query, ["text", "text"])).toThrow("Invalid page token");
  expect(() => decodePageToken(token, query, ["number"])).toThrow("Invalid page token");
});
