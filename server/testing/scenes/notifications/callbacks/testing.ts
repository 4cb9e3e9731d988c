import { createHmac } from "node:crypto";
import type { ReceivedAnswer } from "../../../../alerting/notifications/callbacks/contract.ts";

/** A webhook of PagerDuty as its documentation shows one, with other values where they are given. */
export function newPagerDutyEvent(more: {
  id?: string;
  type?: string;
  at?: Date;
  key?: string | null;
  title?: string;
  agent?: object | null;
}): object {
  const { id = "01BRB6ZP4M6T8ZG4X6BP63ZB9O", type = "incident.acknowledged", at = new Date() } = more;
  const reference = (type: string, id: string, summary: string) => ({
    html_url: `https://acme.pagerduty.com/${type}/${id}`,
    id,
    self: `https://api.pagerduty.com/${type}/${id}`,
    summary,
    type: `${type}_reference`,
  });
  return {
    event: {
      id,
      event_type: type,
      resource_type: "incident",
      occurred_at: at.toISOString(),
      agent: more.agent === undefined ? reference("user", "PLH1HKV", "Tenex Engineer") : more.agent,
      client: { name: "PagerDuty" },
      data: {
        id: "PGR0VU2",
        type: "incident",
        self: "https://api.pagerduty.com/incidents/PGR0VU2",
        html_url: "https://acme.pagerduty.com/incidents/PGR0VU2",
        number: 2,
        status: "acknowledged",
        incident_key: more.key === undefined ? "d3640fbd41094207a1c11e58e46b1662" : more.key,
        created_at: "2020-04-09T15:16:27Z",
        title: more.title ?? "A little bump in the road",
        service: reference("service", "PF9KMXH", "API Service"),
        assignees: [reference("user", "PTUXL6G", "User 123")],
        urgency: "high",
        resolve_reason: null,
        conference_bridge: null,
        priority: null,
        teams: [reference("team", "PFCVPS0", "Engineering")],
      },
    },
  };
}

/** A press on a button as Slack's documentation shows one, as the bytes that are sent. */
export function newSlackPress(more: { groupId?: string; member?: string; action?: string; trigger?: string }): Buffer {
  const {
    groupId = "",
    member = "UA8RXUSPL",
    action = "acknowledge",
    trigger = "12321423423.333649436676.d8c1bb83",
  } = more;
  const payload = {
    type: "block_actions",
    team: { id: "T9TK3CUKW", domain: "example" },
    user: { id: member, username: "jtorrance", name: "jtorrance", team_id: "T9TK3CUKW" },
    api_app_id: "AABA1ABCD",
    token: "9s8d9as89d8as9d8as989",
    trigger_id: trigger,
    container: { type: "message", message_ts: "1548261231.000200", channel_id: "CBR2V3XEX", is_ephemeral: false },
    channel: { id: "CBR2V3XEX", name: "ml-on-call" },
    message: { bot_id: "BAH5CA16Z", type: "message", text: "PAGE · churn", ts: "1548261231.000200" },
    response_url: "https://hooks.slack.com/actions/AABA1ABCD/1232321423432/D09sSasdasdAS9091209",
    actions: [
      {
        action_id: action,
        block_id: "=qXel",
        value: groupId,
        type: "button",
        action_ts: "1548426417.840180",
        text: { type: "plain_text", text: "Acknowledge", emoji: true },
        style: "primary",
      },
    ],
  };
  return Buffer.from(new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
}

/** As PagerDuty sends it, signed. */
export function sentByPagerDuty(channelId: string, event: object, secret: string): ReceivedAnswer {
  const body = Buffer.from(JSON.stringify(event));
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const headers = { "content-type": "application/json", "x-pagerduty-signature": `v1=${signature}` };
  return { channelId, body, headers, address: "192.0.2.7" };
}

/** As Slack sends it, signed. @param now milliseconds since 1970 */
export function sentBySlack(channelId: string, body: Buffer, secret: string, now = Date.now()): ReceivedAnswer {
  const timestamp = String(Math.floor(now / 1000));
  const signature = createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest("hex");
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-slack-request-timestamp": timestamp,
    "x-slack-signature": `v0=${signature}`,
  };
  return { channelId, body, headers, address: "192.0.2.8" };
}
