import { expect, type Page } from "@playwright/test";
import { test } from "./journey.ts";

/** Document as React streams it: hydration shows the part before the copy that came with the document is removed. */
const streamed = `<!doctype html>
  <main><template id="B:0"></template><button onclick="this.textContent = 'kept'">part</button></main>
  <div hidden id="S:0"><button>part</button></div>
  <script>
    setTimeout(() => document.querySelector("template").remove(), 300);
    setTimeout(() => document.getElementById("S:0").remove(), 600);
  </script>`;

async function open(page: Page): Promise<void> {
  await page.route("**/streamed", (route) => route.fulfill({ contentType: "text/html", body: streamed }));
  await page.goto("/streamed");
}

test("finds an element duplicated by streaming only once, in its own and another browser", async ({
  page,
  browser,
  baseURL,
}) => {
  const theirs = await (await browser.newContext({ baseURL })).newPage();
  for (const each of [page, theirs]) {
    await open(each);
    await expect(each.getByText("part")).toBeVisible();
    await each.reload();
    await each.getByText("part").click();
    await expect(each.getByText("kept")).toBeVisible();
  }
});

/** Document whose scripts handle a key some time after it is shown, as a page does that React hydrates. */
const hydrating = `<!doctype html>
  <main><button>part</button><p></p></main>
  <script>
    self.__next_f = [];
    setTimeout(() => {
      document.querySelector("button").__reactProps$1 = {};
      document.addEventListener("keydown", ({ key }) => (document.querySelector("p").textContent = key + " was heard"));
    }, 600);
  </script>`;

test("presses a key once the page can hear it", async ({ page }) => {
  await page.route("**/hydrating", (route) => route.fulfill({ contentType: "text/html", body: hydrating }));
  await page.goto("/hydrating");
  await page.keyboard.press("r");
  await expect(page.getByText("r was heard")).toBeVisible();
});
