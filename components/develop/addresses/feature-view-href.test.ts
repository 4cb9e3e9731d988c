import { expect, test } from "vitest";
import { featureKeyHref, keyOfSegment } from "./feature-view-href.ts";

test.each([[["1001"]], [["a/b", "ü?#"]], [["", "."]], [["..", "~", "~x"]], [["100%", "a b"]]])(
  "keeps keys in an address: %j",
  (keys) => {
    const { pathname, search } = new URL(featureKeyHref("a view", keys, "2026-06-03T10:31:00+02:00"), "http://leeway");
    const [, , , , ...segments] = pathname.split("/");
    expect(segments.map(keyOfSegment)).toEqual(keys);
    expect(new URLSearchParams(search).get("at")).toBe("2026-06-03T10:31:00+02:00");
  },
);
