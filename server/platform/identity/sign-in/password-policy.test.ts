import { expect, test } from "vitest";
import { passwordProblemOf } from "./password-policy.ts";

const about = ["Inês Duarte", "ines.duarte@halyard.example", "North Sea Forecasts", "north-sea"];

test.each([
  ["elevenchars", "short"],
  ["é".repeat(4), "short"],
  ["x7".repeat(101), "long"],
  ["aaaaaaaaaaaaaaaa", "repeated"],
  ["abababababababab", "repeated"],
  ["passwordpassword", "common"],
  ["Password20262026!", "common"],
  ["qwertyuiop123456", "common"],
  ["1234567890123", "common"],
  ["cdefghijklmnop", "common"],
  ["InêsDuarte2026!", "personal"],
  ["duarte-ines-1999", "personal"],
  ["halyard.halyard", "personal"],
  ["north-sea-forecasts", "personal"],
  ["leewayleeway", "personal"],
  ["Leeway_2026_2026", "personal"],
  ["starboard lanterns at dusk", undefined],
  ["ines keeps 3 grey herons", undefined],
  ["k7Xw-93qp-Zt4m", undefined],
  ["правильная лошадь", undefined],
  ["leeway 正しい馬の電池", undefined],
])("rates %j as %s", async (password, problem) => {
  expect(await passwordProblemOf(password, about)).toBe(problem);
});

test("counts characters, not bytes, and takes both forms of a letter", async () => {
  expect(await passwordProblemOf("🐟🐠🐡🐋🦀🐙🦑🐚🪸🦈🐬🐳", about)).toBeUndefined();
  expect(await passwordProblemOf("ine\u0302s-duarte-1999", about)).toBe("personal");
});

test("rates a long password in milliseconds", async () => {
  await passwordProblemOf("starboard lanterns at dusk", about);
  const started = performance.now();
  await passwordProblemOf("leeway".repeat(33), Array(100).fill("le ee wa ay"));
  expect(performance.now() - started).toBeLessThan(100);
});
