import type { Message } from "../contract.ts";
import { absolute, alertTitle, cut, inOrder } from "./outgoing.ts";

/** https://docs.slack.dev/reference/block-kit/blocks, and docs/spec/alerting.md section 11 for the total, which is not documented. */
const most = { header: 150, section: 3000, field: 2000, fields: 10, button: 75, text: 3000, total: 12_000, alerts: 10 };
/** Limits for one alert and for all lines together: ten of the former and one of the latter are usually far below the total. */
const usual = { alert: 600, lines: 2900 };

export type Block =
  | { type: "header"; text: { type: "plain_text"; text: string } }
  | { type: "section"; text: Text }
  | { type: "section"; fields: Text[] }
  | { type: "context"; elements: Text[] }
  | { type: "actions"; elements: Button[] };
interface Text {
  type: "mrkdwn";
  text: string;
}
interface Button {
  type: "button";
  text: { type: "plain_text"; text: string };
  action_id: string;
  /** URL of a link button. */
  url?: string;
  /** Value that Slack sends to Leeway when it is clicked. */
  value?: string;
  style?: "primary";
}

/** Action id of the button that acknowledges a group; its value is the group's id. */
export const acknowledgeAction = "acknowledge";

interface Shown {
  publicUrl: string;
  /** Id of the group that a button takes; undefined for none. */
  acknowledges?: string | undefined;
}

/**
 * Formats a message for Slack: header, lines, facts, at most ten alerts and links as buttons, below 12,000 characters in total (fewer
 * alerts if they are long).
 */
export function toSlack(message: Message, shown: Shown): { text: string; blocks: Block[] } {
  const text = cut(escaped(message.title), most.text);
  const alerts = inOrder(message.alerts);
  for (let listed = Math.min(most.alerts, alerts.length); listed > 0; listed -= 1) {
    const blocks = blocksOf(message, shown, alerts, listed);
    if (JSON.stringify(blocks).length + text.length < most.total) return { text, blocks };
  }
  const blocks = blocksOf(message, shown, alerts, 0);
  if (JSON.stringify(blocks).length + text.length < most.total) return { text, blocks };
  return { text, blocks: [headerOf(message), ...actionsOf(message, shown)] };
}

function blocksOf(message: Message, shown: Shown, alerts: Message["alerts"], maxListed: number): Block[] {
  const lines = message.lines.map(escaped).join("\n");
  const facts = message.facts.slice(0, most.fields).map(({ name, value }) => {
    return mrkdwn(cut(`*${escaped(name)}*\n${escaped(value)}`, most.field));
  });
  // For a single alert, title and lines contain everything.
  const listed = alerts.length > 1 ? alerts.slice(0, maxListed) : [];
  const left = alerts.length > 1 ? alerts.length - listed.length : 0;
  const context = [left > 0 && `and ${left} more`, escaped(message.reason)].filter(
    (part) => part !== false && part !== "",
  );
  return [
    headerOf(message),
    ...(lines ? [section(cut(lines, usual.lines))] : []),
    ...(facts.length > 0 ? [{ type: "section" as const, fields: facts }] : []),
    ...listed.map((alert) => section(cut(alertLine(alert, shown.publicUrl), most.section))),
    ...(context.length > 0 ? [{ type: "context" as const, elements: [mrkdwn(context.join(" · "))] }] : []),
    ...actionsOf(message, shown),
  ];
}

function headerOf({ title }: Message): Block {
  return { type: "header", text: { type: "plain_text", text: cut(title, most.header) } };
}

function actionsOf({ links }: Message, { publicUrl, acknowledges }: Shown): Block[] {
  const buttons = links.slice(0, 5).map(({ text, path }, index) => ({
    type: "button" as const,
    text: { type: "plain_text" as const, text: cut(text, most.button) },
    url: absolute(publicUrl, path),
    action_id: `link-${index + 1}`,
  }));
  const take: Button = {
    type: "button",
    text: { type: "plain_text", text: "Acknowledge" },
    action_id: acknowledgeAction,
    value: acknowledges ?? "",
    style: "primary",
  };
  const elements = acknowledges === undefined ? buttons : [take, ...buttons];
  return elements.length > 0 ? [{ type: "actions", elements }] : [];
}

function alertLine(alert: Message["alerts"][number], publicUrl: string): string {
  const title = cut(escaped(alertTitle(alert)), usual.alert);
  const url = alert.generatorUrl && absolute(publicUrl, alert.generatorUrl);
  const name =
    url && /^https?:\/\/[^\s<>|]+$/.test(url) && url.length < 1000 ? `<${url}|${title.replaceAll("|", "¦")}>` : title;
  const seconds = Math.floor(alert.startsAt.getTime() / 1000);
  const since = `<!date^${seconds}^{date_short_pretty} {time}|${alert.startsAt.toISOString()}>`;
  return alert.status === "firing" ? `*${name}* since ${since}` : `~${name}~ resolved; started ${since}`;
}

function section(text: string): Block {
  return { type: "section", text: mrkdwn(text) };
}

function mrkdwn(text: string): Text {
  return { type: "mrkdwn", text };
}

/** Escapes characters that would mention people or create links: https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
