import { expect, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import { copyFailureReason } from "./copy-failure-reason.ts";

const gone = new DomainError("not-found", "There is no such artifact.");
const path = "ENOENT: no such file or directory, copyfile '/srv/leeway/x' -> '/tmp/y'";

test.each([
  [{ kind: "differs" as const }, undefined, "SHA-256 mismatch"],
  [
    { kind: "missing" as const, file: undefined },
    undefined,
    "The file of digits version 3 is missing from the artifact",
  ],
  [{ kind: "missing" as const, file: "w.bin" }, undefined, 'weights file "w.bin" of digits version 3 is missing'],
  [{ kind: "no-source" as const }, gone, "is missing from the artifact store"],
  [
    { kind: "no-source" as const },
    new Error("connect ECONNREFUSED 10.0.0.1:9000"),
    "the artifact store does not respond",
  ],
  [{ kind: "failed" as const, code: "ENOSPC", detail: path }, undefined, "cannot be cached: the disk is full"],
  [{ kind: "failed" as const, code: "EACCES", detail: path }, undefined, "see the log"],
])("describes %j without a path or an address", (reply, error, words) => {
  const sentence = copyFailureReason("digits version 3", reply, error);
  expect(sentence).toContain(words);
  expect(sentence).not.toMatch(/\/|ENO|10\.0/);
});
