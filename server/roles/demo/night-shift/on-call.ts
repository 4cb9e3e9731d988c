import { dayMs, hourMs } from "#server/base/durations.ts";
import { type DemoTarget, send } from "../client.ts";
import { ensureNamed, type Named } from "./ensure-named.ts";
import type { Pager } from "./pager.ts";

const timeZone = "Europe/Lisbon";

/**
 * Creates the team responsible for the demo's models, a schedule with the demo's account on call, a policy, and the receivers of pages
 * and tickets. Existing ones stay as they are, except for the address of the pager, which is new at each start.
 * @returns the team
 */
export async function ensureOnCall(target: DemoTarget, pager: Pager, email: string): Promise<Named> {
  const api = `${target.url}/api/v1`;
  await ring(target, await connect(target, "on-call", pager));
  await connect(target, "tickets", pager);
  const { users } = await send<{ users: { id: string; email: string }[] }>(target, "GET", `${api}/users`);
  const own = users.filter((user) => user.email === email).map(({ id }) => id);
  const colleagues = users.filter(({ id }) => !own.includes(id)).map(({ id }) => id);
  const team = await ensureNamed(target, "teams", {
    name: "Vision",
    description: "Reads digits from forms and predicts flight delays.",
    escalationPolicyId: (await ensurePolicy(target)).id,
    members: [...own.map((userId) => ({ userId, part: "lead" })), ...colleagues.map((userId) => ({ userId }))],
    models: ["digits", "flight-delay"],
  });
  const start = `${new Date(Date.now() - dayMs).toISOString().slice(0, 10)}T09:00`;
  const weeks = { name: "Weeks", userIds: [...own, ...colleagues], start, every: { unit: "week", count: 1 } };
  await ensureNamed(target, "on-call/schedules", {
    name: "Vision, weekly",
    timeZone,
    teamId: team.id,
    layers: [weeks],
  });
  await muteMaintenance(target);
  return team;
}

/** Pages users on the pager too, since the demo has no mail server. */
async function ring(target: DemoTarget, channelId: string): Promise<void> {
  const path = `${target.url}/api/v1/viewer/contact-methods`;
  const { methods } = await send<{ methods: unknown[] }>(target, "GET", path);
  if (methods.length === 0) await send(target, "PUT", path, { methods: [{ kind: "channel", channelId }], timeZone });
}

interface Receiver extends Named {
  channels: { id: string; settings: { kind: string; url?: string } }[];
}

/**
 * Connects a receiver to the pager.
 * @returns the channel that reaches the pager. The receiver's other channels are the user's, and stay.
 */
async function connect(target: DemoTarget, name: string, { url, secret }: Pager): Promise<string> {
  const receivers = `${target.url}/api/v1/receivers`;
  const found = await send<{ receivers: Receiver[] }>(target, "GET", receivers);
  const known = found.receivers.find((receiver) => receiver.name === name);
  const settings = { kind: "webhook", url };
  const before = known?.channels.find((channel) => isPager(channel.settings.url));
  const channels = [
    { ...(before && { id: before.id }), settings, secret },
    ...(known?.channels.filter(({ id }) => id !== before?.id) ?? []).map(({ id, settings }) => ({ id, settings })),
  ];
  const saved = known
    ? await send<Receiver>(target, "PUT", `${receivers}/${known.id}`, { channels })
    : await send<Receiver>(target, "POST", receivers, { name, channels });
  const channel = saved.channels.find((one) => one.settings.url === url);
  if (!channel) throw new Error(`The receiver ${name} did not keep the address of the pager.`);
  return channel.id;
}

const isPager = (url: string | undefined) => url !== undefined && /^http:\/\/127\.0\.0\.1:\d+\/pages$/.test(url);

/** Creates the policy: the on-call engineer at once, then the next on call, then the leads. */
function ensurePolicy(target: DemoTarget): Promise<Named> {
  const steps = [
    { waitMinutes: 0, who: "on-call" },
    { waitMinutes: 10, who: "second" },
    { waitMinutes: 20, who: "leads" },
  ].map(({ waitMinutes, who }) => ({ waitMinutes, notify: [{ kind: "team", who }] }));
  return ensureNamed(target, "on-call/policies", { name: "Day and night", steps, repeats: 1 });
}

/** Mutes alerts on the warehouse's counts during its maintenance, an hour on Sunday nights. */
async function muteMaintenance(target: DemoTarget): Promise<void> {
  const path = `${target.url}/api/v1/silence-recurrences`;
  const { recurrences } = await send<{ recurrences: unknown[] }>(target, "GET", path);
  if (recurrences.length > 0) return;
  await send(target, "POST", path, {
    matchers: ['service="flights-warehouse"'],
    rule: "FREQ=WEEKLY;BYDAY=SU",
    startsAt: nextSunday(Date.now()).toISOString(),
    timeZone,
    durationMs: hourMs,
    comment: "Weekly warehouse maintenance on Sunday nights",
  });
}

/** Returns two in the morning UTC of the Sunday after `now`. */
function nextSunday(now: number): Date {
  const today = Math.floor(now / dayMs) * dayMs;
  return new Date(today + (7 - new Date(today).getUTCDay()) * dayMs + 2 * hourMs);
}
