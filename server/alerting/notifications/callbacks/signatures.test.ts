import { expect, test } from "vitest";
import { isSignedByPagerDuty, isSignedBySlack } from "./signatures.ts";

// The example of https://docs.slack.dev/authentication/verifying-requests-from-slack, with its secret, body and signature.
const slackSecret = "8f742231b10e8888abcd99yyyzzz85a5";
const slackBody = Buffer.from(
  "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
);
const slackSignature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
const slackTimestamp = "1531420618";
const then = Number(slackTimestamp) * 1000;

test("accepts the example of Slack at its time and within five minutes of it", () => {
  const given = { signature: slackSignature, timestamp: slackTimestamp };
  const at = (seconds: number) => isSignedBySlack(slackBody, given, slackSecret, then + seconds * 1000);
  expect([0, 300, -300].map(at)).toEqual([true, true, true]);
  expect([301, -301].map(at)).toEqual([false, false]);
});

test.each([
  ["another body", { body: Buffer.from(`${slackBody} `) }],
  ["another secret", { secret: "8f742231b10e8888abcd99yyyzzz85a6" }],
  ["another time than was signed", { timestamp: "1531420619" }],
  ["no signature", { signature: undefined }],
  ["a signature cut short", { signature: slackSignature.slice(0, -2) }],
  ["no time", { timestamp: undefined }],
  ["a time that is none", { timestamp: "1531420618.0" }],
])("rejects the example of Slack with %s", (_, change) => {
  const { body, secret, ...given } = {
    body: slackBody,
    secret: slackSecret,
    signature: slackSignature,
    timestamp: slackTimestamp,
    ...change,
  };
  expect(isSignedBySlack(body, given, secret, then)).toBe(false);
});

// HMAC-SHA256 by RFC 4231, test case 2: key "Jefe".
const rfcBody = Buffer.from("what do ya want for nothing?");
const rfc = "v1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
const other = `v1=${"0".repeat(64)}`;

test.each([
  [rfc, true],
  [`${other},${rfc}`, true],
  [`${rfc}, ${other}`, true],
  [other, false],
  [rfc.replace("v1", "v2"), false],
  [rfc.slice(3), false],
  [rfc.toUpperCase(), false],
  ["", false],
  [undefined, false],
])("verifies PagerDuty's header %s: %s", (header, isRight) => {
  expect(isSignedByPagerDuty(rfcBody, header, "Jefe")).toBe(isRight);
  expect(isSignedByPagerDuty(Buffer.from(`${rfcBody} `), header, "Jefe")).toBe(false);
});
