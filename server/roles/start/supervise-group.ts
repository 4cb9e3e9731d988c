import type { RoleName } from "./role.ts";
import { type SupervisedRole, supervise } from "./supervise.ts";

/**
 * Runs a role in several processes that share its port. A message with a `to` is forwarded: to the member of that number, or to
 * "others"; the sender's number is set as `from`. Members can thus reply to each other without knowing each other.
 */
export function superviseGroup(name: RoleName, count: number, env: NodeJS.ProcessEnv): SupervisedRole {
  const members: SupervisedRole[] = [];
  for (let number = 0; number < count; number += 1) {
    members.push(supervise(name, env, (message) => pass(message, number)));
  }
  function pass(message: object, from: number): void {
    if (!("to" in message)) return;
    const { to } = message;
    const receivers = to === "others" ? members.filter((_, number) => number !== from) : [members[Number(to)]];
    for (const receiver of receivers) receiver?.send({ ...message, from });
  }
  return {
    ready: Promise.all(members.map((member) => member.ready)).then(() => {}),
    restart: () => {
      for (const member of members) member.restart();
    },
    stop: async () => void (await Promise.all(members.map((member) => member.stop()))),
    send: (message) => {
      for (const member of members) member.send(message);
    },
  };
}
