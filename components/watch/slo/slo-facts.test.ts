import { expect, test } from "vitest";
import { firstSentence } from "./slo-facts.ts";

test("shortens the description of an SLI to its first sentence without full stop", () => {
  const words = "Requests answered without a fault of the server. What the caller did wrong is not counted.";
  expect(firstSentence(words)).toBe("Requests answered without a fault of the server");
  expect(firstSentence("Requests answered within 0.5 s.")).toBe("Requests answered within 0.5 s");
  expect(firstSentence('Counts that others post as "a.b".')).toBe('Counts that others post as "a.b"');
});
