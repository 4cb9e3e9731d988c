import { expect } from "@playwright/test";
import { call, leeway, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

interface Place {
  schedule: string;
  now: { name: string } | null;
}

async function newPerson(name: string): Promise<string> {
  const email = `${unique(name.toLowerCase())}@people.test`;
  const { user } = await call<{ user: { id: string } }>("POST", "/api/v1/users", { email, name, role: "member" });
  return user.id;
}

test("a user creates a team and a schedule, sees a coverage gap before saving, and adds an override", async ({
  page,
}) => {
  const people = { ines: unique("Ines"), tomasz: unique("Tomasz") };
  for (const name of Object.values(people)) await newPerson(name);
  const [team, schedule] = [unique("Parcels"), unique("Parcel rota")];
  await signIn(page, "/on-call/teams");
  await page.getByRole("button", { name: "Create team…" }).first().click();
  await page.getByRole("dialog").getByLabel("Name").fill(team);
  await page.getByRole("combobox", { name: "Leads" }).fill(people.tomasz);
  await page.getByRole("option", { name: people.tomasz }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Save team" }).click();
  const panel = page.locator("section").filter({ has: page.getByRole("heading", { name: team }) });
  await expect(panel).toContainText(`${people.tomasz} (lead)`);

  await panel.getByRole("link", { name: /Create one/ }).click();
  await page.getByLabel("Name").fill(schedule);
  await page.getByRole("combobox", { name: "People, in rotation order" }).fill(people.ines);
  await page.getByRole("option", { name: people.ines }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByText("The next four weeks are fully covered")).toBeVisible();
  await page.getByLabel("Only during certain hours").check();
  await expect(page.getByText(/^No one is on call from /).first()).toBeVisible();
  await page.getByLabel("Only during certain hours").uncheck();
  await expect(page.getByText("The next four weeks are fully covered")).toBeVisible();
  await page.getByRole("button", { name: "Save schedule" }).click();
  await expect(page.getByRole("heading", { name: schedule })).toBeVisible();
  await expect(page.getByText(`${people.ines} is on call`)).toBeVisible();

  await page
    .getByRole("button", { name: new RegExp(`^${people.ines}.*override or swap`) })
    .first()
    .click();
  await page.getByRole("combobox", { name: "Person" }).fill(people.tomasz);
  await page.getByRole("option", { name: people.tomasz }).click();
  await page.getByLabel("Reason").fill("a doctor's appointment");
  await page.getByRole("button", { name: "Create override" }).click();
  await expect(page.getByText(`${people.tomasz} is on call`)).toBeVisible();
  const { onCall } = await call<{ onCall: Place[] }>("GET", "/api/v1/on-call/now");
  expect(onCall.find((index) => index.schedule === schedule)?.now?.name).toBe(people.tomasz);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText(`${people.ines} is on call`)).toBeVisible();

  await page.getByRole("button", { name: "Generate URL" }).click();
  const address = (await page.getByText("/calendar.ics?secret=").textContent()) ?? "";
  const path = new URL(address).pathname + new URL(address).search;
  const calendar = await (await fetch(`${leeway.url}${path}`)).text();
  expect(calendar).toContain(`SUMMARY:${people.ines} is on call`);
});

test("an on-call engineer sees the end of the shift by their name, and hands it over", async ({ page }) => {
  const viewer = await call<{ id: string }>("GET", "/api/v1/viewer");
  const { users } = await call<{ users: { id: string; email: string }[] }>("GET", "/api/v1/users");
  const userId = users.find(({ email }) => email === leeway.email)?.id ?? viewer.id;
  const layers = [{ name: "Alone", userIds: [userId], start: "2026-01-05T09:00", every: { unit: "day", count: 1 } }];
  const input = { name: unique("Night watch"), timeZone: "UTC", layers };
  const { id } = await call<{ id: string }>("POST", "/api/v1/on-call/schedules", input);
  await signIn(page, `/on-call/handover?schedule=${id}`);
  await expect(page.getByRole("button", { name: /On call/ })).toBeVisible();
  await expect(page.getByRole("heading", { name: `Handover of ${input.name}` })).toBeVisible();
  await page.getByText("Edit", { exact: true }).click();
  await page.getByLabel("Handover note in Markdown").fill("Quiet; **watch** the depot data.");
  await page.getByRole("button", { name: "Save note" }).click();
  await expect(page.getByText("Saved; no longer updated automatically")).toBeVisible();
  const { handovers } = await call<{ handovers: { body: string }[] }>(
    "GET",
    `/api/v1/on-call/handovers?scheduleId=${id}`,
  );
  expect(handovers[0]?.body).toBe("Quiet; **watch** the depot data.");
  // Deleted so that no one is on call in later tests.
  await call("DELETE", `/api/v1/on-call/schedules/${id}`);
});
