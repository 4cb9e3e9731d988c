import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { byBytes, fingerprint } from "./fingerprint.ts";

test.each([
  [{ alertname: "DemoAlert", server: "ni3", severity: "critical" }, "8a07086b74f3ba78"],
  [
    {
      prometheus: "monitoring/k8s",
      alertname: "1-1-273",
      hook: "common-alert-webhook",
      pod: "ecp-rms-adaptor-56747877db-2p4hq",
    },
    "79353055a4351098",
  ],
  [{ alertname: "ModelDrift", model: "churn", severity: "ticket" }, "07ad89a027364f08"],
  [{ alertname: "ModelDrift", model: "churn", severity: "ticket", empty: "" }, "07ad89a027364f08"],
  [{ alertname: "SLOBurn", service: "modèle-α" }, "5f4a09cafa499cac"],
  [{}, "cbf29ce484222325"],
])("hashes %o to %s", (labels, expected) => {
  expect(fingerprint(labels)).toBe(expected);
});

/** Computes the fingerprint with a slow reference implementation. */
function byBigInt(labels: Record<string, string>): string {
  let hash = 0xcbf29ce484222325n;
  const names = Object.keys(labels).sort(byBytes);
  for (const name of names) {
    for (const byte of [...Buffer.from(name), 0xff, ...Buffer.from(labels[name] ?? ""), 0xff]) {
      hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
    }
  }
  return hash.toString(16).padStart(16, "0");
}

test("computes the same hash from 32-bit halves as from 64 bits, in byte order", () => {
  // U+1F600 is two surrogates that sort before U+FF01 as UTF-16, and after it as UTF-8.
  const odd = { "\u{1F600}": "smile", "\uFF01": "wide", a: "1".repeat(500) };
  expect(fingerprint(odd)).toBe(byBigInt(odd));
  for (let draw = 0; draw < 200; draw++) {
    const labels = { alertname: `a${draw * 7919}`, [`n${draw}`]: String(draw ** 3), x: "é".repeat((draw % 9) + 1) };
    expect(fingerprint(labels)).toBe(byBigInt(labels));
  }
});

test("orders strings by their bytes", () => {
  const random = seededRandom(3);
  const pieces = ["a", "b", "é", "\u{1F600}", "\u{10FFFF}", "\uFF01", "\uE000", "\uD7FF", "", "ab"];
  const draw = () => Array.from({ length: 3 }, () => pieces[Math.floor(random() * pieces.length)]).join("");
  for (let round = 0; round < 2000; round++) {
    const [left, right] = [draw(), draw()];
    expect(Math.sign(byBytes(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
  }
});
