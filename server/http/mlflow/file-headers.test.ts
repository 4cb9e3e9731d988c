import { expect, test } from "vitest";
import { attachment, contentTypeOf } from "./file-headers.ts";

test.each([
  ["a.txt", "text/plain"],
  ["b.JSON", "text/plain"],
  ["MLmodel", "text/plain"],
  ["conda.yaml", "text/plain"],
  ["page.html", "text/html"],
  ["plot.png", "image/png"],
  ["model.onnx", "application/octet-stream"],
  ["c.constructor", "application/octet-stream"],
  ["none", "application/octet-stream"],
])("serves %s as %s", (name, type) => {
  expect(contentTypeOf(name)).toBe(type);
});

test.each([
  ["a.txt", "attachment; filename=a.txt"],
  ["sp ace.txt", "attachment; filename=\"sp ace.txt\"; filename*=UTF-8''sp%20ace.txt"],
  ['q"x.txt', 'attachment; filename="q\\"x.txt"; filename*=UTF-8\'\'q%22x.txt'],
  ["ünï.txt", "attachment; filename=\"_n_.txt\"; filename*=UTF-8''%C3%BCn%C3%AF.txt"],
  ["it's (1).txt", "attachment; filename=\"it's (1).txt\"; filename*=UTF-8''it%27s%20%281%29.txt"],
])("attaches the file %j as %s", (name, header) => {
  expect(attachment(name)).toBe(header);
});
