import { expect, test } from "vitest";
import { matchesUpload } from "./matches-upload.ts";

const hash = "0123456789abcdef0123456789abcdef";
const upload = { startedAt: new Date("2026-05-01T12:00:00Z"), parts: 3 };
const later = new Date("2026-05-01T12:10:00Z");

test.each([
  [`"${hash}-3"`, later, true],
  [`"${hash}-2"`, later, false],
  [`"${hash}"`, later, false],
  ['"CKih16GjycICEAE="', later, true],
  [`"${hash}-3"`, new Date("2026-05-01T11:58:00Z"), false],
  [`"${hash}-3"`, undefined, false],
])("matches %s of %o with an upload in three parts: %s", (etag, modifiedAt, isMade) => {
  expect(matchesUpload({ etag, modifiedAt }, upload)).toBe(isMade);
});
