import { randomUUID } from "node:crypto";
import { type DemoTarget, send } from "./client.ts";

export interface Colleague {
  email: string;
  name: string;
  role: "member";
}

/** Returns the demo as a colleague uses it. One who has no account yet gets one; a password is shown once, so others get a new one. */
export async function asColleague(target: DemoTarget, colleague: Colleague): Promise<DemoTarget> {
  const people = `${target.url}/api/v1/users`;
  const { users } = await send<{ users: { id: string; email: string }[] }>(target, "GET", people);
  const known = users.find(({ email }) => email === colleague.email);
  const { password } = await send<{ password: string }>(
    target,
    "POST",
    known ? `${people}/${known.id}/password-reset` : people,
    known ? {} : colleague,
  );
  // The generated password allows nothing but replacing it.
  const newPassword = randomUUID();
  const change = { currentPassword: password, newPassword };
  const person = { email: colleague.email, password };
  await send({ ...target, person }, "PUT", `${target.url}/api/v1/viewer/password`, change);
  return { ...target, person: { email: colleague.email, password: newPassword } };
}
