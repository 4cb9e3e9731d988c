import { expect, test } from "vitest";
import { newOutgoing, publicUrl } from "../../../testing/fixtures/notifications/channels/testing.ts";
import { newAlert, newMessage } from "../../../testing/fixtures/notifications/testing.ts";
import { toSlack } from "./slack-blocks.ts";
import { toSlackCall } from "./slack-bot.ts";

const many = (count: number, summary: string) =>
  Array.from({ length: count }, (_, index) =>
    newAlert(`a${index}`, { annotations: { summary }, startsAt: new Date(Date.UTC(2026, 4, 4, 10, 0, index)) }),
  );

test("builds header, lines, facts and buttons as in the reference", () => {
  const { text, blocks } = toSlack(newMessage(), { publicUrl });
  expect(text).toBe("PAGE · churn · availability fails 16.7 times too fast");
  expect(blocks).toEqual([
    { type: "header", text: { type: "plain_text", text } },
    { type: "section", text: { type: "mrkdwn", text: expect.stringContaining("16.7 times the error budget") } },
    { type: "section", fields: [{ type: "mrkdwn", text: "*Budget left*\n76.9%" }] },
    { type: "context", elements: [{ type: "mrkdwn", text: "first notification" }] },
    {
      type: "actions",
      elements: [
        {
          type: "button",
          text: { type: "plain_text", text: "Open" },
          url: "https://leeway.example.org/on-call?ticket=1",
          action_id: "link-1",
        },
      ],
    },
  ]);
});

test.each([1, 2, 11, 3000])("lists at most ten of %i alerts and counts the others", (count) => {
  const { blocks } = toSlack(newMessage({ lines: [], facts: [], alerts: many(count, "fails") }), { publicUrl });
  const listed = count === 1 ? 0 : Math.min(10, count);
  expect(blocks.filter((block) => block.type === "section")).toHaveLength(listed);
  const context = JSON.stringify(blocks.filter((block) => block.type === "context"));
  if (count > 10) expect(context).toContain(`and ${count - 10} more`);
  else expect(context).not.toContain("more");
});

test.each(["x", "é", '"', "<", "\n"])("keeps a message within every limit of Slack (%j)", (character) => {
  const long = character.repeat(5000);
  const message = newMessage({
    title: long,
    lines: [long, long],
    facts: Array.from({ length: 30 }, () => ({ name: long, value: long })),
    alerts: many(40, long),
    links: Array.from({ length: 9 }, () => ({ text: long, path: "/on-call" })),
  });
  const { text, blocks } = toSlack(message, { publicUrl });
  expect(JSON.stringify(blocks).length + text.length).toBeLessThan(12_000);
  expect(blocks.length).toBeLessThanOrEqual(50);
  for (const block of blocks) {
    if (block.type === "header") expect(block.text.text.length).toBeLessThanOrEqual(150);
    if (block.type === "section" && "text" in block) expect(block.text.text.length).toBeLessThanOrEqual(3000);
    if (block.type === "actions") expect(block.elements.length).toBeLessThanOrEqual(5);
  }
});

test("escapes mentions and links in alerts", () => {
  const message = newMessage({ lines: ["<!channel> & <http://evil|x>"], alerts: many(2, "<@U1>") });
  const wire = JSON.stringify(toSlack(message, { publicUrl }).blocks);
  expect(wire).toContain("&lt;!channel&gt; &amp; &lt;http://evil|x&gt;");
  expect(wire).not.toContain("<!channel>");
  expect(wire).not.toContain("<@U1>");
});

test("adds an Acknowledge button where clicks are received, and keeps links to the console", () => {
  const buttons = (acknowledges?: string) =>
    toSlack(newMessage(), { publicUrl, acknowledges }).blocks.flatMap((block) =>
      block.type === "actions" ? block.elements : [],
    );
  expect(buttons().map(({ action_id }) => action_id)).toEqual(["link-1"]);
  const [take, link] = buttons("7b0c7a0e-6f0e-4a53-9d5a-2a4f1d6b8c11");
  expect(take).toMatchObject({
    action_id: "acknowledge",
    value: "7b0c7a0e-6f0e-4a53-9d5a-2a4f1d6b8c11",
    style: "primary",
  });
  expect(take).not.toHaveProperty("url");
  expect(link).toMatchObject({ action_id: "link-1", url: `${publicUrl}/on-call?ticket=1` });
});

test("edits the message of the group, and posts a new one first, for reminders and for escalations", () => {
  const previous = { ts: "1.2", channel: "C9" };
  const of = (more: Parameters<typeof newOutgoing>[0]) => toSlackCall(newOutgoing(more), "C123", publicUrl);
  expect(of({})).toMatchObject({ method: "chat.postMessage", body: { channel: "C123" } });
  expect(of({ previous })).toMatchObject({ method: "chat.update", body: previous });
  expect(of({ previous, kind: "acknowledged" }).method).toBe("chat.update");
  expect(of({ previous, kind: "escalation" }).method).toBe("chat.postMessage");
  const reminder = newMessage({ reason: "repeat interval elapsed" });
  expect(of({ previous, message: reminder }).method).toBe("chat.postMessage");
  expect(of({ previous: { messageId: "of another kind" } }).method).toBe("chat.postMessage");
});
