import { randomUUID } from "node:crypto";
import { Client } from "pg";
import type { Stack } from "../../../suite/stack.ts";
import { roleProcess } from "../../chaos/faults.ts";
import { basic, bearer, call, environmentOf, resultOf } from "./client.ts";
import type { Finding } from "./finding.ts";

interface NewUser {
  user?: { id: string };
  /** Only where an admin receives the password of the new person. */
  password?: string;
}
interface NewToken {
  token: { id: string };
  secret: string;
}

const inWorkspace = (slug: string) => ({ headers: { "x-mlflow-workspace": slug } });

/** Creates another workspace, whose admin is the first account. @returns its slug */
async function neighbour(stack: Stack): Promise<string> {
  const slug = `neighbour-${randomUUID().slice(0, 8)}`;
  const { LEEWAY_EMAIL: email = "", LEEWAY_PASSWORD: password = "" } = stack.environment;
  const authorization = basic(email, password);
  resultOf(await call(stack, "POST", "/api/v1/workspaces", { authorization, body: { slug, name: slug } }));
  return slug;
}

/** Adds a person as the first account. @returns undefined if that is not how people come into a workspace */
async function addUser(stack: Stack, email: string, role: string, slug?: string): Promise<NewUser | undefined> {
  const { LEEWAY_EMAIL = "", LEEWAY_PASSWORD = "" } = stack.environment;
  const authorization = basic(LEEWAY_EMAIL, LEEWAY_PASSWORD);
  const options = { authorization, body: { email, name: "X", role }, ...(slug ? inWorkspace(slug) : {}) };
  return unlessRefused(await call(stack, "POST", "/api/v1/users", options));
}

/** Returns the result; undefined if it was refused. @throws for anything else, which would prove nothing */
function unlessRefused<Result>(response: Parameters<typeof resultOf>[0]): Result | undefined {
  return response.status === 403 || response.status === 409 ? undefined : resultOf<Result>(response);
}

const newEmail = (name: string) => `${name}-${randomUUID().slice(0, 8)}@example.test`;

async function newToken(stack: Stack, body: object, authorization?: string): Promise<NewToken | undefined> {
  return unlessRefused(await call(stack, "POST", "/api/v1/tokens", { body, authorization }));
}

/** Signs in as a browser does. @returns its cookies */
async function signIn({ url, environment }: Stack): Promise<string> {
  const first = await fetch(`${url}/api/auth/csrf`);
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const cookies = first.headers.getSetCookie();
  const form = {
    csrfToken,
    email: environment.LEEWAY_EMAIL ?? "",
    password: environment.LEEWAY_PASSWORD ?? "",
    json: "true",
  };
  const response = await fetch(`${url}/api/auth/callback/credentials`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie: jar(cookies) },
    body: new URLSearchParams(form),
  });
  return jar([...cookies, ...response.headers.getSetCookie()]);
}

async function signOut({ url }: Stack, cookie: string): Promise<void> {
  const response = await fetch(`${url}/api/auth/csrf`, { headers: { cookie } });
  const { csrfToken } = (await response.json()) as { csrfToken: string };
  const body = new URLSearchParams({ csrfToken, json: "true" });
  await fetch(`${url}/api/auth/signout`, { method: "POST", redirect: "manual", headers: { cookie }, body });
}

const jar = (cookies: string[]) => cookies.map((cookie) => cookie.split(";")[0]).join("; ");

/** Names the tables of the database that hold a text. */
async function tablesWith(stack: Stack, text: string): Promise<string[]> {
  const pid = await roleProcess(stack.process.pid ?? 0, "web");
  const client = new Client({ connectionString: environmentOf(pid, "DATABASE_URL") ?? "" });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public'",
    );
    const found: string[] = [];
    for (const { name } of rows) {
      const { rowCount } = await client.query(`select 1 from ${name} as t where t::text like $1 limit 1`, [
        `%${text}%`,
      ]);
      if (rowCount) found.push(name);
    }
    return found;
  } finally {
    await client.end();
  }
}

/** Attacks on people, sessions, tokens and secrets. */
export const accounts: readonly Finding[] = [
  {
    id: "C3",
    request: "An admin of another workspace creates an account, and its password opens this workspace later",
    before: "the password opened both",
    attack: async (stack) => {
      const email = newEmail("cfo");
      const there = await addUser(stack, email, "viewer", await neighbour(stack));
      await addUser(stack, email, "admin");
      if (!there?.password) return { now: "the admin receives no password", isFixed: true };
      const { status } = await call(stack, "GET", "/api/v1/viewer", {
        authorization: basic(email, there.password),
        ...inWorkspace("default"),
      });
      return { now: `the password opens this workspace: ${status}`, isFixed: status !== 200 };
    },
  },
  {
    id: "H4",
    request: "A saved cookie after signing out",
    before: "200",
    attack: async (stack) => {
      const cookie = await signIn(stack);
      const view = () => call(stack, "GET", "/api/v1/viewer", { authorization: "", headers: { cookie } });
      const before = (await view()).status;
      await signOut(stack, cookie);
      const after = (await view()).status;
      return { now: `${before} before, ${after} after`, isFixed: before === 200 && after === 401 };
    },
  },
  {
    id: "H5",
    request: "Search the database for the secret of a webhook",
    before: "in clear",
    attack: async (stack) => {
      const secret = `findings-${randomUUID()}`;
      const body = {
        name: `findings-${randomUUID()}`,
        url: "https://example.org/",
        events: ["*"],
        secret,
      };
      resultOf(await call(stack, "POST", "/api/v1/webhooks", { body }));
      const tables = await tablesWith(stack, secret);
      return {
        now: tables.length > 0 ? `in clear in ${tables.join(", ")}` : "not in clear",
        isFixed: tables.length === 0,
      };
    },
  },
  {
    id: "M1",
    request:
      "A second subject with the same verified address. Run server/platform/identity/sign-in/sign-in-with-oidc.db.test.ts",
    before: "opened the linked account",
  },
  {
    id: "M2",
    request: "X-Forwarded-For behind a proxy. Run server/http/server.test.ts",
    before: "the leftmost address was believed",
  },
  {
    id: "M3",
    request: "Six wrong passwords from another address, then the right one",
    before: "locked out",
    attack: async (stack) => {
      const { LEEWAY_EMAIL: email = "", LEEWAY_PASSWORD: password = "" } = stack.environment;
      const attempt = (text: string, from: string) =>
        call(stack, "GET", "/api/v1/viewer", { authorization: basic(email, text), from });
      for (let count = 0; count < 6; count += 1) await attempt("wrong-password", "127.0.0.2");
      const { status } = await attempt(password, "127.0.0.1");
      return { now: String(status), isFixed: status === 200 };
    },
  },
  {
    id: "M4",
    request: "An admin of another workspace adds a person of this one and disables them",
    before: "disabled everywhere",
    attack: async (stack) => {
      const email = newEmail("ines");
      const slug = await neighbour(stack);
      const here = await addUser(stack, email, "viewer");
      const there = await addUser(stack, email, "viewer", slug);
      if (!here?.user || !there?.user) return { now: "no membership without consent", isFixed: true };
      const { LEEWAY_EMAIL = "", LEEWAY_PASSWORD = "" } = stack.environment;
      const { status } = await call(stack, "PUT", `/api/v1/users/${there.user.id}/disablement`, {
        authorization: basic(LEEWAY_EMAIL, LEEWAY_PASSWORD),
        body: {},
        ...inWorkspace(slug),
      });
      const { body } = await call(stack, "GET", `/api/v1/users/${here.user.id}`);
      const isDisabled = !/"disabledAt":null/.test(body);
      return { now: `${status}; ${isDisabled ? "disabled" : "active"} in this workspace`, isFixed: !isDisabled };
    },
  },
  {
    id: "M6",
    request: "/login?callbackUrl=/.//evil.example. Run components/platform/identity/destination.test.ts",
    before: "redirected to evil.example",
  },
  {
    id: "M7",
    request: "REST with a password that must be changed",
    before: "200",
    attack: async (stack) => {
      const email = newEmail("new");
      const added = await addUser(stack, email, "viewer");
      if (!added?.password) return { now: "the admin receives no password", isFixed: true };
      const { status } = await call(stack, "GET", "/api/v1/models", { authorization: basic(email, added.password) });
      return { now: String(status), isFixed: status === 401 || status === 403 };
    },
  },
  {
    id: "M8a",
    request: "A settings token of one day creates a token without expiry; the parent is revoked",
    before: "the child went on",
    attack: async (stack) => {
      const parent = await newToken(stack, { name: "parent", scopes: ["settings"], expiresInDays: 1 });
      if (!parent) return { now: "no such token can be created by a token", isFixed: true };
      const child = await newToken(stack, { name: "child", scopes: ["settings"] }, bearer(parent.secret));
      if (!child) return { now: "child rejected", isFixed: true };
      await call(stack, "DELETE", `/api/v1/tokens/${parent.token.id}`);
      // A revoked token stops working within 3 s.
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      const { status } = await call(stack, "GET", "/api/v1/viewer", { authorization: bearer(child.secret) });
      return { now: `child: ${status}`, isFixed: status === 401 };
    },
  },
  {
    id: "M8b",
    request: "A settings token adds an admin",
    before: "201 with a password",
    attack: async (stack) => {
      const token = await newToken(stack, { name: "settings", scopes: ["settings"] });
      if (!token) return { now: "no such token can be created by a token", isFixed: true };
      const body = { email: newEmail("self"), name: "Self", role: "admin" };
      const { status, body: text } = await call(stack, "POST", "/api/v1/users", {
        authorization: bearer(token.secret),
        body,
      });
      return { now: String(status), isFixed: status !== 201 || !text.includes('"password"') };
    },
  },
  {
    id: "M9",
    request: "A token of one endpoint reads costs of another",
    before: "200",
    attack: async (stack) => {
      const name = `other-${randomUUID().slice(0, 8)}`;
      const mine = `mine-${randomUUID().slice(0, 8)}`;
      for (const each of [name, mine])
        resultOf(await call(stack, "POST", "/api/v1/endpoints", { body: { name: each } }));
      const token = await newToken(stack, { name: "bound", scopes: ["read"], endpoints: [mine] });
      if (!token) return { now: "no such token can be created by a token", isFixed: true };
      const path = `/api/v1/endpoints/${name}/costs`;
      const { status } = await call(stack, "GET", path, { authorization: bearer(token.secret) });
      return { now: String(status), isFixed: status === 403 || status === 404 };
    },
  },
  {
    id: "M12",
    request: "Headers of /login",
    before: "no policies",
    attack: async ({ url }) => {
      const { headers } = await fetch(`${url}/login`);
      const names = ["content-security-policy", "permissions-policy", "cross-origin-opener-policy"];
      const missing = names.filter((name) => !headers.has(name));
      return {
        now: missing.length > 0 ? `missing: ${missing.join(", ")}` : "all present",
        isFixed: missing.length === 0,
      };
    },
  },
  {
    id: "M13",
    request: "A failed sign-in in the audit log",
    before: "not recorded",
    attack: async (stack) => {
      const { LEEWAY_EMAIL: email = "" } = stack.environment;
      await call(stack, "GET", "/api/v1/viewer", { authorization: basic(email, "wrong-password"), from: "127.0.0.3" });
      const { body } = await call(stack, "GET", "/api/v1/audit?limit=100&scope=installation");
      const isRecorded = /sign.?in/i.test(body);
      return { now: isRecorded ? "recorded" : "not recorded", isFixed: isRecorded };
    },
  },
];
